/**
 * The pipe by which sysvinit, and inits that behave like it, are told to change the run level. Its path is resolved in
 * the container's own mount namespace, where a file system of the container may block a process for ever, out of reach
 * of SIGKILL: so this file also runs as a separate program, which looks for the pipe. A program that does not end in
 * time is left alone, and as long as it exists no second one is started for that init.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyscallError } from '../../errors';
import { fileError } from '../../host/state/file-error';
import { native } from '../../host/native';
import { O_PATH } from '../../host/state/open-flags';
import { packageRoot } from '../../host/package-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { tryTakeLock } from '../../host/state/named-lock';
import { initctlPipes, initctlRequest, type RunLevel } from '../../plan/process/end-request';
import { isInitOf } from './init-process';
import type { RunningRecord } from '../record/run-state';

/** `late`: it was not found in time. `none`: there is no pipe, or no process reads it. */
export type PipeAnswer = 'taken' | 'none' | 'late';

export interface PipeSearch {
  readonly paths: StatePaths;
  readonly name: string;
  readonly running: Pick<RunningRecord, 'id' | 'init'>;
  /** How long the pipe may take to be found, in milliseconds. */
  readonly within: number;
}

const step = 'look for the initctl pipe';
/** Between two attempts to take the lock from another search, in milliseconds. */
const pause = 25;

const program = join(packageRoot, 'dist', 'container', 'init', 'initctl.js');
const exitCodes = { written: 0, none: 3 } as const;

/**
 * Asks init to change its run level. The answer says whether init's pipe has taken the request.
 *
 * @throws SyscallError when the program that looks for the pipe could not be started.
 */
export async function requestLevel(search: PipeSearch, level: RunLevel): Promise<PipeAnswer> {
  const deadline = performance.now() + search.within;
  const held = await holdTurn(search, deadline);
  if (held === undefined) return 'late';
  const { id, init } = search.running;
  try {
    return await lookBefore(deadline, [String(id), String(init), level], held);
  } finally {
    closeSync(held);
  }
}

/** The lock of the process that looks for this init's pipe; undefined when another process still holds it at the deadline. */
async function holdTurn(
  { paths, name, running }: PipeSearch,
  deadline: number,
): Promise<number | undefined> {
  const lock = `initctl:${name}:${running.id}:${running.init}`;
  for (;;) {
    const held = tryTakeLock(paths, { name: lock, step });
    if (held !== undefined || performance.now() >= deadline) return held;
    await sleep(pause);
  }
}

/** `held` is the descriptor of the lock, which the program keeps open until it ends. */
async function lookBefore(
  deadline: number,
  words: readonly string[],
  held: number,
): Promise<PipeAnswer> {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'ignore', held],
  });
  return await new Promise<PipeAnswer>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      resolve('late');
    }, deadline - performance.now());
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(fileError(error, step));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === exitCodes.written ? 'taken' : 'none');
    });
  });
}

/** True when init's pipe has taken the request; false when there is none, or no process reads it. */
function writeRequest(running: Pick<RunningRecord, 'id' | 'init'>, level: RunLevel): boolean {
  const root = openSync(`/proc/${running.init}/root`, O_PATH | constants.O_DIRECTORY);
  try {
    // Unless the pid is still that of init, the folder that was opened may be another process's.
    if (!isInitOf(running)) return false;
    return initctlPipes.some((path) => writeTo(root, path, level));
  } finally {
    closeSync(root);
  }
}

/** The container controls the path: only a pipe is opened, never a device, and never a pipe of the host. */
function writeTo(root: number, path: string, level: RunLevel): boolean {
  let found: number;
  try {
    found = native().openInRoot(root, path, O_PATH);
  } catch (error) {
    if (error instanceof SyscallError) return false;
    throw error;
  }
  try {
    if (!fstatSync(found).isFIFO() || isOfHost(found, path)) return false;
    const pipe = openSync(`/proc/self/fd/${found}`, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      const request = initctlRequest(level);
      return writeSync(pipe, request) === request.length;
    } finally {
      closeSync(pipe);
    }
  } catch {
    return false; // ENXIO: no process reads it.
  } finally {
    native().closeDescriptor(found);
  }
}

function isOfHost(found: number, path: string): boolean {
  const host = statSync(`/${path}`, { throwIfNoEntry: false });
  const { dev, ino } = fstatSync(found);
  return host?.dev === dev && host.ino === ino;
}

if (require.main === module) {
  const [id, init, level] = process.argv.slice(2);
  const isWritten = writeRequest({ id: Number(id), init: Number(init) }, level === '0' ? '0' : '6');
  process.exitCode = isWritten ? exitCodes.written : exitCodes.none;
}
