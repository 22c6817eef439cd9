/** There is one watcher at most for each domain: the process that holds this lock. */
import { readdirSync, readFileSync } from 'node:fs';
import { native } from '../../host/native';
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
 * The same, once, of the lock that this process was started with; undefined without such. Whatever else it was started with is its
 * caller's, such as a lock of a shell script, or the turn of a reaper, and is not kept for as long as the container lives.
 */
export function inheritedWatch(): number | undefined {
  const descriptor = Number(process.env['TSLXC_HEALTH_LOCK'] ?? NaN);
  delete process.env['TSLXC_HEALTH_LOCK'];
  if (descriptor !== inherited) return undefined;
  for (const name of readdirSync('/proc/self/fd')) {
    const other = Number(name);
    if (other > inherited && isInherited(other)) native().closeDescriptor(other);
  }
  return descriptor;
}

/** O_CLOEXEC, which all has that this process opens itself, in proc_pid_fdinfo(5). */
const closedOnExec = 0o2000000;

function isInherited(descriptor: number): boolean {
  let text: string;
  try {
    text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
  } catch {
    // That of the look itself.
    return false;
  }
  const flags = parseInt(/^flags:\s*(\d+)$/m.exec(text)?.[1] ?? '0', 8);
  return (flags & closedOnExec) === 0;
}
