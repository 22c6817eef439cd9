/** What the kernel says of a container's init on the host: whether a pid is still it, what has become of it, its label. */
import { readFileSync } from 'node:fs';
import { native } from '../../host/native';
import { statOf } from './process-stat';
import type { RunningRecord } from '../record/run-state';

type Init = Pick<RunningRecord, 'id' | 'init'>;

/** PF_EXITING of the kernel's include/linux/sched.h: it gives up its cgroups and namespaces, and then it is a zombie. */
const exiting = 0x4;
const sigkill = 1n << 8n;

/** The monitor is the parent of its init: so the number has not been given to another process. */
export function isInitOf({ id, init }: Init): boolean {
  return statOf(init)?.parent === id;
}

/** Whether it has not ended, as it has between two lives, and is not about to: no signal holds that up any more. */
export function isInitAlive({ id, init }: Init): boolean {
  const stat = statOf(init);
  if (stat?.parent !== id || (stat.flags & exiting) !== 0) return false;
  return stat.state !== 'Z' && stat.state !== 'X';
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

/** Its security label, as it stands in /proc/PID/attr/current; undefined where nothing labels processes, and when init has ended. */
export function readRunningLabel(running: RunningRecord): string | undefined {
  let label: string | undefined;
  try {
    label = native().processLabel(running.init);
  } catch (error) {
    if (!isInitOf(running)) return undefined;
    throw error;
  }
  // The number could be another's by now.
  return isInitOf(running) ? label : undefined;
}
