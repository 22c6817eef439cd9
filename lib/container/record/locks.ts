/** One operation on a domain at a time, across all processes; and one reaper at a time. */
import { native } from '../../host/native';
import { isLocked, takeLock, takeLockIfAny, tryTakeLock } from '../../host/state/named-lock';
import type { NamedLock } from '../../host/state/named-lock';
import type { StatePaths } from '../../host/state/state-paths';

const step = 'lock the domain';

/** Waits for the lock of this domain; `using` releases it. Not re-entrant. */
export async function lockDomain(paths: StatePaths, name: string): Promise<Disposable> {
  return await takeLock(paths, lockOf(name));
}

/** Takes the lock of this domain if it is free; `using` releases it. Undefined while somebody is at work on the domain. */
export function tryLockDomain(paths: StatePaths, name: string): Disposable | undefined {
  const fd = tryTakeLock(paths, lockOf(name));
  return fd === undefined ? undefined : { [Symbol.dispose]: () => native().closeDescriptor(fd) };
}

/** Whether this process or another one is at work on this domain. */
export function isDomainLocked(paths: StatePaths, name: string): boolean {
  return isLocked(paths, lockOf(name));
}

/**
 * Runs `action` as the only reaper of this root: many containers that end at once need one. Undefined if the root is
 * gone, which this does not make again.
 */
export async function withReaperLock<T>(
  paths: StatePaths,
  action: () => Promise<T>,
): Promise<T | undefined> {
  using held = await takeLockIfAny(paths, { name: 'reaper', step });
  return held === undefined ? undefined : await action();
}

/**
 * Ends the turn of `tslxc reap`, for which its monitor has waited: one process at a time has it, by a lock whose
 * descriptor it inherits; see native/monitor/reaper-turn.h. This process has looked at what has ended, and the next one
 * may begin. Does nothing in a process that never had the turn.
 */
export function endReaperTurn(): void {
  const descriptor = Number(process.env['TSLXC_REAPER_LOCK'] ?? NaN);
  delete process.env['TSLXC_REAPER_LOCK'];
  if (Number.isInteger(descriptor) && descriptor > 2) native().closeDescriptor(descriptor);
}

/** Held by the process that checks the health of this root's containers. Their monitors start another one when it is free. */
export const watcherLock: NamedLock = { name: 'health', step: 'watch the health of containers' };

function lockOf(name: string): NamedLock {
  return { name: `domain:${name}`, step };
}
