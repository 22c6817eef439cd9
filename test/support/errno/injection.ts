/**
 * A command that strace(1) runs, or a process that it is attached to: it finds the calls that read state, or has one of them fail with an
 * errno.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { runProgram } from '../process/run-command';
import { endStrace } from '../process/strace-end';
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
  injection: Injection,
): Promise<Injected> {
  const { result, log } = await traced(root, argv, injectionOptions(injection));
  return { ...result, count: countOf(log) };
}

/** Has the calls of a process that runs fail while `action` is carried out. */
export async function whileInjected<T>(
  pid: number,
  injection: Injection,
  action: (count: () => number) => Promise<T>,
): Promise<{ readonly result: T; readonly count: number }> {
  const options = injectionOptions(injection);
  const { result, log } = await whileTraced(pid, options, (read) => action(() => countOf(read())));
  return { result, count: countOf(log) };
}

function injectionOptions({ call, path, errno, when }: Injection): string[] {
  const where = path === undefined ? [] : ['-P', path];
  return [...where, '-e', `trace=${call}`, '-e', `inject=${call}:error=${errno}:when=${when}`];
}

function countOf(log: string): number {
  return log.split('(INJECTED)').length - 1;
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
  const { result, log } = await traced(root, argv, readOptions);
  return { result, reads: readsIn(log, isState) };
}

/** The same of a process that runs, while `action` is carried out. */
export async function readsWhile<T>(
  pid: number,
  isState: (path: string) => boolean,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly reads: Read[] }> {
  const { result, log } = await whileTraced(pid, readOptions, action);
  return { result, reads: readsIn(log, isState) };
}

const readCalls = [...pathCalls, ...descriptorCalls, ...otherCalls];
const readOptions = ['-y', '-e', `trace=?${readCalls.join(',?')}`];

function readsIn(log: string, isState: (path: string) => boolean): Read[] {
  const found = new Map<string, Read>();
  for (const line of log.split('\n')) {
    const read = readOf(line, isState);
    if (read !== undefined) found.set(`${read.call} ${read.path ?? ''}`, read);
  }
  return [...found.values()];
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

/** Resolves once strace has let go of the process. `action` may read the log so far. */
async function whileTraced<T>(
  pid: number,
  options: readonly string[],
  action: (read: () => string) => Promise<T>,
): Promise<{ readonly result: T; readonly log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tslxc-strace-'));
  const path = join(folder, 'log');
  const read = (): string => readFileSync(path, 'utf8');
  try {
    const strace = spawn('strace', ['-f', '-o', path, ...options, '-p', String(pid)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(strace, 'exit');
    try {
      await untilAttached(strace.stderr);
      return { result: await action(read), log: await endStrace(strace, ended).then(read) };
    } finally {
      await endStrace(strace, ended);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** It says so once it has all threads. */
async function untilAttached(stderr: Readable): Promise<void> {
  let said = '';
  for await (const text of stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += String(text);
    if (/attached/.test(said)) {
      stderr.resume();
      return;
    }
  }
  throw new Error(`strace has not attached: ${said}`);
}
