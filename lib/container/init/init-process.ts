/**
 * What the kernel says of a container's init on the host: whether a pid is still that of init, whether init has ended,
 * its label.
 */
import { readFileSync } from 'node:fs';
import { native } from '../../host/native';
import { statOf } from './process-stat';
import type { RunningRecord } from '../record/run-state';
import { unlessEnded } from '../../host/state/file-error';

type Init = Pick<RunningRecord, 'id' | 'init'>;

/** PF_EXITING of the kernel's include/linux/sched.h: a process gives up its cgroups and namespaces, and then it is a zombie. */
const exiting = 0x4;
const sigkill = 1n << 8n;

/** Whether the pid is still that of init, and has not been reused: the monitor is the parent of its init. */
export function isInitOf({ id, init }: Init): boolean {
  return statOf(init)?.parent === id;
}

/** Whether init has not ended, as it has between two lives, and is not exiting either, which no signal can stop. */
export function isInitAlive({ id, init }: Init): boolean {
  const stat = statOf(init);
  if (stat?.parent !== id || (stat.flags & exiting) !== 0) return false;
  return stat.state !== 'Z' && stat.state !== 'X';
}

/** Whether init has ended, or will before it runs any further: in a frozen init, SIGKILL is pending until it is thawed. */
export function isInitKilled(running: Init): boolean {
  if (!isInitAlive(running)) return true;
  const status = unlessEnded(() => readFileSync(`/proc/${running.init}/status`, 'latin1'));
  if (status === undefined) return true;
  const pending = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return (BigInt(`0x${pending}`) & sigkill) !== 0n;
}

/**
 * Init's security label, as it stands in /proc/PID/attr/current; undefined on a host that labels no processes, and when
 * init has ended.
 */
export function readRunningLabel(running: RunningRecord): string | undefined {
  let label: string | undefined;
  try {
    label = native().processLabel(running.init);
  } catch (error) {
    if (!isInitOf(running)) return undefined;
    throw error;
  }
  // The pid could be another process's by now.
  return isInitOf(running) ? label : undefined;
}
