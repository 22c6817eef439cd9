/** What the kernel says of a process: proc_pid_stat(5). */
import { readFileSync } from 'node:fs';
import { unlessEnded } from '../../host/state/file-error';

export interface ProcessStat {
  /** `R`, `S`, `D`, `T` and so on. */
  readonly state: string;
  readonly parent: number;
  readonly flags: number;
  /** Clock ticks from boot to the start of the process; together with the pid, it identifies one process of this boot. */
  readonly started: number;
}

/** Undefined without the process. @throws SyscallError if it is unknown whether there is one. */
export function statOf(pid: number): ProcessStat | undefined {
  const text = unlessEnded(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), 'look at a process');
  return text === undefined ? undefined : parseStat(text);
}

/** Fields are counted after the name, which may hold anything. */
function parseStat(stat: string): ProcessStat {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, , , , , flags] = fields;
  return { state, parent: Number(parent), flags: Number(flags), started: Number(fields[19]) };
}

/** Whether it is stopped, by a signal or by a debugger: it answers no request until it goes on. */
export function isStopped(pid: number): boolean {
  return isStoppedState(statOf(pid)?.state);
}

/** The same from the text of its `stat`; undefined without the process. */
export function isStoppedIn(stat: string | undefined): boolean {
  return stat !== undefined && isStoppedState(parseStat(stat).state);
}

function isStoppedState(state = ''): boolean {
  return ['T', 't'].includes(state);
}
