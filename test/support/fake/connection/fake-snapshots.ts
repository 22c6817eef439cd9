/** Snapshots without a host, for the tests of lib/cli: fake domains have none unless a test gives them some. */
import type { SnapshotInfo } from '../../../../lib/index';
import type { FakeConnection } from './fake-connection';

/** Gives each domain of the connection those that stand under its name, which may be none. */
export function withSnapshots(
  connection: FakeConnection,
  snapshots: Readonly<Record<string, readonly SnapshotInfo[]>>,
): FakeConnection {
  for (const domain of connection.domains) {
    const list = (): Promise<SnapshotInfo[]> =>
      Promise.resolve([...(snapshots[domain.name] ?? [])]);
    Object.assign(domain, { snapshots: { list } });
  }
  return connection;
}
