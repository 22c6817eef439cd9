/**
 * Who checks: one process at most is the watcher of a root, and each container is checked by one at most. The locks of containers are
 * also those of watchers of older packages, of which each checks one container alone.
 */
import { isLocked, tryTakeLock, type NamedLock } from '../../host/state/named-lock';
import type { StatePaths } from '../../host/state/state-paths';

/** By which a watcher holds the lock that the process has taken that has started it: the first one beyond the standard streams. */
const inherited = 3;

/** What tells it so. */
export const lockEnvironment = { TSLXC_HEALTH_LOCK: String(inherited) } as const;

/** The descriptor that holds the lock of the root's watcher; undefined while another process does. */
export function tryTakeWatch(paths: StatePaths): number | undefined {
  return tryTakeLock(paths, { name: 'health', step: 'watch the health of containers' });
}

/**
 * The same, once, of the lock that this process was started with; undefined without such. Nothing else is inherited: Node.js has all
 * that it was started with closed when it starts another process.
 */
export function inheritedWatch(): number | undefined {
  const descriptor = Number(process.env['TSLXC_HEALTH_LOCK'] ?? NaN);
  delete process.env['TSLXC_HEALTH_LOCK'];
  return descriptor === inherited ? descriptor : undefined;
}

/** The descriptor that holds the lock of one container; undefined while another one does. */
export function tryTakeContainer(paths: StatePaths, name: string): number | undefined {
  return tryTakeLock(paths, lockOf(name));
}

/** Whether a process checks the health of this container. */
export function isWatched(paths: StatePaths, name: string): boolean {
  return isLocked(paths, lockOf(name));
}

function lockOf(name: string): NamedLock {
  return { name: `health:${name}`, step: 'watch the health of a container' };
}
