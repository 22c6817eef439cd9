/** What the kernel says of a process: proc_pid_stat(5). */
import { readFileSync } from 'node:fs';

export interface ProcessStat {
  /** `R`, `S`, `D`, `T` and so on. */
  readonly state: string;
  readonly parent: number;
  readonly flags: number;
  /** Ticks from the boot to its start: with its number, it identifies one process of this boot. */
  readonly started: number;
}

/** Fields are counted after the name, which may hold anything; undefined without the process. */
export function statOf(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent, , , , , flags] = fields;
    return { state, parent: Number(parent), flags: Number(flags), started: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** By a signal, or by a debugger: it answers no request until it goes on. */
export function isStopped(pid: number): boolean {
  return ['T', 't'].includes(statOf(pid)?.state ?? '');
}
