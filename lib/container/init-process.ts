/** Whether a pid is still the init of a container. */
import { readFileSync } from 'node:fs';
import type { RunningRecord } from './run-state';

/** The monitor is the parent of its init: so the number has not been given to another process. */
export function isInitOf({ id, init }: Pick<RunningRecord, 'id' | 'init'>): boolean {
  return parentOf(init) === id;
}

/** The second field after the name of proc_pid_stat(5), which may hold anything; undefined without the process. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
