/** Runs the command by strace(1), which finds the calls that read state, or has one of them fail with an errno. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';

/** What a call that reads state may fail with although that state is there. */
export const errnos = ['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'EACCES'] as const;

/** A call, and where: what strace compares with its path, or with that of its descriptor. */
export interface Read {
  readonly call: string;
  /** Undefined for calls that have neither, such as connect(2). */
  readonly path?: string;
}

export interface Injection extends Read {
  readonly errno: string;
  /** Which of these calls of each thread fail: strace's `when`. */
  readonly when: '1' | '2+' | '1+';
}

export interface Injected extends CommandResult {
  /** How many calls have failed by it. */
  readonly count: number;
}

/** `argv` of the command, as from `commandLine`, or of another program. */
export async function runInjected(
  root: string,
  argv: readonly string[],
  { call, path, errno, when }: Injection,
): Promise<Injected> {
  const where = path === undefined ? [] : ['-P', path];
  const inject = `inject=${call}:error=${errno}:when=${when}`;
  const options = [...where, '-e', `trace=${call}`, '-e', inject];
  const { result, log } = await traced(root, argv, options);
  return { ...result, count: log.split('(INJECTED)').length - 1 };
}

const pathCalls = ['open', 'openat', 'openat2', 'stat', 'lstat', 'newfstatat', 'statx', 'readlink'];
const descriptorCalls = ['read', 'pread64', 'getdents64', 'fcntl', 'flock', 'fstat'];
const otherCalls = ['connect', 'pidfd_open', 'recvmsg', 'sendmsg'];

/** The reads of a run at whose path `isState`; of others, those that the run has made at all. */
export async function readsOf(
  root: string,
  argv: readonly string[],
  isState: (path: string) => boolean,
): Promise<{ readonly result: CommandResult; readonly reads: Read[] }> {
  const calls = [...pathCalls, ...descriptorCalls, ...otherCalls];
  const { result, log } = await traced(root, argv, ['-y', '-e', `trace=?${calls.join(',?')}`]);
  const found = new Map<string, Read>();
  for (const line of log.split('\n')) {
    const read = readOf(line, isState);
    if (read !== undefined) found.set(`${read.call} ${read.path ?? ''}`, read);
  }
  return { result, reads: [...found.values()] };
}

/** As in `12 openat(17</folder>, "name", O_RDONLY) = 18</folder/name>`: a name in a folder is compared as it is written. */
function readOf(line: string, isState: (path: string) => boolean): Read | undefined {
  const [, call = '', rest = ''] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
  if (call === 'connect') return rest.includes('/control"') ? { call } : undefined;
  if (otherCalls.includes(call)) return { call };
  const [, folder = ''] = /^(?:AT_FDCWD|\d+)<([^>]*)>/.exec(rest) ?? [];
  if (descriptorCalls.includes(call)) return isState(folder) ? { call, path: folder } : undefined;
  const [, path = ''] = /"([^"]*)"/.exec(rest) ?? [];
  const whole = path.startsWith('/') ? path : join(folder, path);
  return path !== '' && isState(whole) ? { call, path } : undefined;
}

async function traced(
  root: string,
  argv: readonly string[],
  options: readonly string[],
): Promise<{ readonly result: CommandResult; readonly log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-strace-'));
  try {
    const path = join(folder, 'log');
    // Without the system calls that are not traced, by a filter: else each call of Node would stop it.
    const strace = ['strace', '-f', '--seccomp-bpf', '-qq', '-o', path, ...options];
    const result = await runProgram([...strace, ...argv], {
      root,
      timeout: 300_000,
    });
    return { result, log: readFileSync(path, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
