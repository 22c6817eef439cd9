/** How an strace(1) that is attached to a process lets go of it. */
import type { ChildProcess } from 'node:child_process';

/** Milliseconds in which strace lets go of everything, unless it waits for ever. */
const timeToDetach = 10_000;

/**
 * Resolves with `ended`. Asked to end in the middle of a vfork(2), strace (6.13) leaves the child as it has stopped it, and waits for
 * the parent, which waits for the child, for ever. The death of strace sets both free; it is the last resort, since it leaves a call
 * that was to fail half made.
 */
export async function endStrace(
  strace: Pick<ChildProcess, 'kill' | 'exitCode' | 'signalCode'>,
  ended: Promise<unknown>,
): Promise<void> {
  if (strace.exitCode === null && strace.signalCode === null) strace.kill('SIGINT');
  const timer = setTimeout(() => strace.kill('SIGKILL'), timeToDetach);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
  }
}
