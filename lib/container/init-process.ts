/** Whether a pid is still the init of a container, and what has become of it. */
import { readFileSync } from 'node:fs';
import type { RunningRecord } from './run-state';

type Init = Pick<RunningRecord, 'id' | 'init'>;

const sigkill = 1n << 8n;

/** The monitor is the parent of its init: so the number has not been given to another process. */
export function isInitOf({ id, init }: Init): boolean {
  return statOf(init)?.parent === id;
}

/** Whether it has not ended, as it has between two lives. */
export function isInitAlive({ id, init }: Init): boolean {
  const stat = statOf(init);
  return stat?.parent === id && stat.state !== 'Z' && stat.state !== 'X';
}

/** Whether it has ended, or does so before it runs any further: one that is frozen keeps SIGKILL until it is thawed. */
export function isInitKilled(running: Init): boolean {
  if (!isInitAlive(running)) return true;
  try {
    const status = readFileSync(`/proc/${running.init}/status`, 'latin1');
    const pending = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
    return (BigInt(`0x${pending}`) & sigkill) !== 0n;
  } catch {
    return true;
  }
}

/** The first two fields after the name of proc_pid_stat(5), which may hold anything; undefined without the process. */
function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
