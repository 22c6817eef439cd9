/** User and group ids of the host that are in use or reserved. Only reads. */
import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readText } from './text-file';

/** `count` user or group ids of the host from `first` on. */
export interface HostRange {
  readonly first: number;
  readonly count: number;
}

/** How many processes are read before other work on the event loop gets its turn. */
const batch = 100;

/**
 * The host ids in the id maps of all processes, except this process's own map. A zombie no longer uses its ids: it may
 * be left of the container that is being started again.
 */
export async function idsInUse(): Promise<HostRange[]> {
  const own = readText('/proc/self/uid_map');
  const maps = new Set<string>();
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of processes.entries()) {
    if (index % batch === batch - 1) await nextTurn();
    const uids = readText(`/proc/${pid}/uid_map`);
    if (uids === own || hasEnded(pid)) continue;
    maps.add(uids).add(readText(`/proc/${pid}/gid_map`));
  }
  return [...maps].flatMap(parseIdMapFile);
}

/** The ranges of subuid(5) and subgid(5) for users of the host. */
export function subordinateIds(): HostRange[] {
  return ['/etc/subuid', '/etc/subgid'].flatMap((path) => parseSubordinates(readText(path)));
}

/** Lines of /proc/PID/uid_map: id inside, id outside, count (user_namespaces(7)). */
export function parseIdMapFile(text: string): HostRange[] {
  return text.split('\n').flatMap((line) => {
    const [, first, count] = line.trim().split(/\s+/).map(Number);
    return first === undefined || count === undefined ? [] : [{ first, count }];
  });
}

/** Lines of subuid(5): name, first id, count. */
export function parseSubordinates(text: string): HostRange[] {
  return text.split('\n').flatMap((line) => {
    const match = /^[^:#]+:(\d+):(\d+)\s*$/.exec(line);
    return match === null ? [] : [{ first: Number(match[1]), count: Number(match[2]) }];
  });
}

/** Whether a process is a zombie. In proc_pid_stat(5) the state follows the name, which may contain anything. */
function hasEnded(pid: string): boolean {
  const stat = readText(`/proc/${pid}/stat`);
  return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}
