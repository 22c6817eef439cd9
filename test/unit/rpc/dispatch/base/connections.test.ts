/** The connections of the daemon: those of clients with the same access and level are one, and the daemon's level is that of the others. */
import { Connections } from '../../../../../lib/rpc/dispatch/base/connections';
import { silence } from '../../../../../lib/host/logger';
import { domainXml, rootFilesystem } from '../../../../support/domain/domain-xml';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import type { Connection } from '../../../../../lib/driver/connection';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

removeScratchAfterEach();

/** Whether a domain that sets no level has ids of its own there. */
async function hasIds(connection: Connection): Promise<boolean> {
  const tree = join(scratchDirectory(), 'tree');
  mkdirSync(tree);
  const xml = domainXml({ devices: rootFilesystem(tree) });
  return (await connection.plan({ xml })).header.uidMap !== '';
}

test('each level has its own, and the daemon’s is that of clients that name none', async () => {
  const root = scratchDirectory();
  const connections = new Connections({ root, logger: silence, hardening: 'isolated' });
  const [one, same, other, reader] = await Promise.all([
    connections.shared('read-write'),
    connections.shared('read-write'),
    connections.shared('read-write', 'hardened'),
    connections.shared('read-only'),
  ]);
  expect(same).toBe(one);
  expect(new Set([one, other, reader]).size).toBe(3);
  expect([await hasIds(one), await hasIds(other)]).toEqual([true, false]);
  const [own, ownOther] = [await connections.own(), await connections.own('hardened')];
  expect([await hasIds(own), await hasIds(ownOther)]).toEqual([true, false]);
  for (const each of [own, ownOther]) await each.close();
  await connections.close();
});
