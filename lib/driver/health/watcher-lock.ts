/** There is one watcher at most for each domain: the process that holds this lock. */
import { tryTakeLock } from '../../host/state/named-lock';
import type { StatePaths } from '../../host/state/state-paths';

/** By which a watcher holds the lock that the process has taken that has started it: the first one beyond the standard streams. */
const inherited = 3;

/** What tells it so. */
export const lockEnvironment = { TSLXC_HEALTH_LOCK: String(inherited) } as const;

/** The descriptor that holds it; undefined while another process does. */
export function tryTakeWatch(paths: StatePaths, name: string): number | undefined {
  return tryTakeLock(paths, { name: `health:${name}`, step: 'watch the health of a container' });
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
