/** The lock of each storage pool, under which it is changed and volumes are made and removed in it. */
import { withLock } from '../../host/state/named-lock';
import type { NamedLock } from '../../host/state/named-lock';
import type { StatePaths } from '../../host/state/state-paths';

function lockOf(name: string): NamedLock {
  return { name: `pool:${name}`, step: 'lock the storage pool' };
}

/** Runs `action` while holding the lock of this pool. Not re-entrant. */
export async function withPoolLock<T>(
  paths: StatePaths,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  return await withLock(paths, lockOf(name), action);
}
