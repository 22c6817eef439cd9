/**
 * Whether a process waits for something to happen, and not for time to pass: each of its threads sleeps in a system call that has no
 * time-out. Such a process does nothing until it is told something, however long that takes.
 */
import { readFileSync, readdirSync } from 'node:fs';

/** A thread as /proc shows it. */
interface ThreadState {
  /** `S` asleep, `R` running, `t` stopped by a tracer, and others of proc_pid_stat(5). */
  readonly state: string;
  /** Number and arguments of its system call, as proc_pid_syscall(5) has them: `running` for none. */
  readonly call: string;
}

/** A time-out as an argument: milliseconds, of which -1 are none, or where it is in memory, of which only 0 is known: none. */
type Timeout = (argument: bigint) => number;
const milliseconds: Timeout = (argument) => {
  const value = Number(BigInt.asIntN(32, argument));
  return value < 0 ? Infinity : value;
};
const pointer: Timeout = (argument) => (argument === 0n ? Infinity : 0);

/** Calls that wait, by their number: which argument is the time-out. */
const waits: Readonly<
  Record<'x64' | 'arm64', Readonly<Record<number, readonly [at: number, Timeout]>>>
> = {
  // poll, epoll_wait, epoll_pwait, ppoll, futex
  x64: {
    7: [2, milliseconds],
    232: [3, milliseconds],
    281: [3, milliseconds],
    271: [2, pointer],
    202: [3, pointer],
  },
  // epoll_pwait, ppoll, futex
  arm64: { 22: [3, milliseconds], 73: [2, pointer], 98: [3, pointer] },
};

/** What a thread does that does not sleep for at least `least` milliseconds, in words; undefined for one that does. */
export function unrestOf(
  { state, call }: ThreadState,
  { least = Infinity, arch = process.arch }: { least?: number; arch?: string } = {},
): string | undefined {
  if (state !== 'S') return `in state ${state}`;
  const [number = '', ...words] = call.split(' ');
  const wait = waits[arch === 'arm64' ? 'arm64' : 'x64'][Number(number)];
  // By any other call it waits for something else than time, or for a time that it was told to: a program's own business.
  if (wait === undefined) return undefined;
  const [at, timeout] = wait;
  if (timeout(BigInt(words[at] ?? '1')) >= least) return undefined;
  return `in system call ${number} with a time-out: ${call}`;
}

/**
 * What each thread of these processes does that is not asleep, and stays so until something happens, or for at least `least`
 * milliseconds. Empty when all are. A process that is gone does nothing.
 */
export function unrest(pids: readonly number[], options: { least?: number } = {}): string[] {
  return pids.flatMap((pid) =>
    threadsOf(pid).flatMap((thread) => {
      const words = unrestOf(stateOf(pid, thread), options);
      return words === undefined ? [] : [`thread ${thread} of process ${pid} is ${words}`];
    }),
  );
}

function stateOf(pid: number, thread: number): ThreadState {
  try {
    const folder = `/proc/${pid}/task/${thread}`;
    const [, state = ''] = /^State:\s*(\S)/m.exec(readFileSync(`${folder}/status`, 'utf8')) ?? [];
    return { state, call: readFileSync(`${folder}/syscall`, 'utf8').trim() };
  } catch (error) {
    if (isGone(error)) return { state: 'gone', call: '' };
    throw error;
  }
}

/** Its threads; none of a process that is gone. */
export function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code === 'ENOENT' || code === 'ESRCH';
}
