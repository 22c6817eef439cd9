/**
 * Which process checks: a root has at most one watcher, and each container is checked by at most one process. The locks of
 * containers are also taken by watchers of older packages, each of which checks a single container.
 */
import { watcherLock } from '../../container/record/locks';
import { isLocked, tryTakeLock, type NamedLock } from '../../host/state/named-lock';
import type { StatePaths } from '../../host/state/state-paths';

/** The descriptor of the lock that a watcher inherits from the process that has started it: the first after the standard streams. */
const inherited = 3;

/** Tells the watcher that it has inherited the lock. */
export const lockEnvironment = { TSLXC_HEALTH_LOCK: String(inherited) } as const;

/** The descriptor that holds the lock of the root's watcher; undefined while another process does. */
export function tryTakeWatch(paths: StatePaths): number | undefined {
  return tryTakeLock(paths, watcherLock);
}

/**
 * The descriptor of the lock that this process has inherited, on the first call; undefined if there is none. It is not passed on:
 * Node.js closes inherited descriptors in the processes that it starts.
 */
export function inheritedWatch(): number | undefined {
  const descriptor = Number(process.env['TSLXC_HEALTH_LOCK'] ?? NaN);
  delete process.env['TSLXC_HEALTH_LOCK'];
  return descriptor === inherited ? descriptor : undefined;
}

/** The descriptor that holds the lock of one container; undefined while another process does. */
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
