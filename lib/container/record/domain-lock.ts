/** One operation on a domain at a time, across all processes. */
import type { StatePaths } from '../../host/state/state-paths';
import { withLock, withLockIfAny } from '../../host/state/named-lock';

const step = 'lock the domain';

/** Runs `action` while this domain is locked. Not re-entrant. */
export async function withDomainLock<T>(
  paths: StatePaths,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  return await withLock(paths, { name: `domain:${name}`, step }, action);
}

/**
 * Runs `action` as the only reaper of this root: many containers that end at once need one. Undefined where the root is
 * gone: it is not made again.
 */
export async function withReaperLock<T>(
  paths: StatePaths,
  action: () => Promise<T>,
): Promise<T | undefined> {
  return await withLockIfAny(paths, { name: 'reaper', step }, action);
}
