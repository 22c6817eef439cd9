/** Whether a process rests, whatever else the machine does meanwhile. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Nanoseconds in which a process ran or waited for a processor: the first two fields of /proc/PID/schedstat (Linux 2.6.9). */
function runnable(pid: number): number {
  const [ran = NaN, waited = NaN] = readFileSync(`/proc/${pid}/schedstat`, 'latin1')
    .split(' ')
    .map(Number);
  return ran + waited;
}

/**
 * The part of the next `milliseconds` in which a process has something to do: near 1 for one that spins, however little of a
 * processor it gets, and near 0 for one that sleeps and is woken now and then.
 */
export async function runnableShare(pid: number, milliseconds: number): Promise<number> {
  const [began, before] = [process.hrtime.bigint(), runnable(pid)];
  await sleep(milliseconds);
  const after = runnable(pid);
  return (after - before) / Number(process.hrtime.bigint() - began);
}

/** More than this no process has that rests. */
export const mostResting = 0.5;
