/** Runs programs of the host, such as nft, tc and dnsmasq, until they exit. */
import { spawn } from 'node:child_process';
import { accessSync, constants as fileModes, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { errnoName, TslxcError } from '../errors';
import { Stall } from './kernel/stall';

export interface ProgramCall {
  readonly program: string;
  /** The Debian package that contains it. */
  readonly package: string;
  readonly args: readonly string[];
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** The step that an error names. */
  readonly step: string;
  /** Ends the program; the call then rejects with OPERATION_ABORTED. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is killed: its caller may hold a lock that others wait for. Default: a minute. */
  readonly limit?: number;
  /**
   * Instead of a limit, of what works as long as a file is large: milliseconds after which it is killed if it has neither read nor written
   * anything meanwhile.
   */
  readonly patience?: number;
}

/** None of these programs works longer than some seconds, however busy the host is. */
const usualLimit = 60_000;

/**
 * The absolute path of a program that another process executes.
 *
 * @throws as `runProgram`, if there is no such program.
 */
export function programPath(call: Omit<ProgramCall, 'args' | 'input'>): string {
  for (const folder of searchPath()) {
    try {
      // A relative folder of PATH is none once the current directory has been removed.
      const path = resolve(folder, call.program);
      accessSync(path, fileModes.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // It may be in the next folder.
    }
  }
  const errno = -constants.errno.ENOENT;
  throw notRun({ ...call, args: [] }, Object.assign(new Error('ENOENT'), { errno }));
}

/** The PATH of a user or a service may lack the folders with programs for root. */
const systemFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Resolves to what the program wrote to standard output.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED, naming the package, if there is no such program; OPERATION_FAILED
 * with `step` and the program's own message if it fails; OPERATION_TIMEOUT if it has not exited within its limit, or has stalled.
 */
export async function runProgram(call: ProgramCall): Promise<string> {
  return (await tryProgram({ ...call, expected: [0] })).output;
}

/** What comes of running a program, with the error of any other failure; undefined where there is no such program. */
export async function ifInstalled<Result>(run: Promise<Result>): Promise<Result | undefined> {
  try {
    return await run;
  } catch (error) {
    if (!TslxcError.is(error, 'OPERATION_UNSUPPORTED')) throw error;
    return undefined;
  }
}

export interface ProgramResult {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Resolves to what the program wrote, if it exits with one of the `expected` statuses. @throws as `runProgram`. */
export async function tryProgram(
  call: ProgramCall & { readonly expected: readonly number[] },
): Promise<ProgramResult> {
  const { program, args, input = '', step, signal: abort, expected } = call;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { LC_ALL: 'C', PATH: searchPath().join(delimiter) },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(abort === undefined ? {} : { signal: abort }),
    });
    // What it has started itself may hold its output open, and a process that waits in the kernel does not even end: neither is waited for.
    const stop = watched(call, child.pid, (error) => {
      child.kill('SIGKILL');
      reject(error);
    });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A program may exit without reading its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      stop();
      reject(abort?.aborted === true ? aborted(call) : notRun(call, error));
    });
    child.on('close', (code, signal) => {
      stop();
      if (code !== null && expected.includes(code)) {
        resolve({ status: code, output: text(output), errors: text(errors) });
        return;
      }
      const words = text(errors).trim() || `it ended with ${signal ?? `exit code ${String(code)}`}`;
      reject(new TslxcError('OPERATION_FAILED', `${program}: ${words} (${step})`, { step }));
    });
  });
}

function notRun({ program, package: name, step }: ProgramCall, error: NodeJS.ErrnoException) {
  const errno = -(error.errno ?? 0);
  if (errno === constants.errno.ENOENT) {
    const detail = `there is no ${program} on this machine: install the Debian package ${name} (${step})`;
    return new TslxcError('OPERATION_UNSUPPORTED', detail, { step, path: program });
  }
  const detail = `cannot run ${program}: ${errnoName(errno)} (${step})`;
  return new TslxcError('OPERATION_FAILED', detail, { step, errno, path: program, cause: error });
}

/** Calls `end` if it takes too long, or stalls. Returns what ends the watch. */
function watched(
  call: ProgramCall,
  pid: number | undefined,
  end: (error: TslxcError) => void,
): () => void {
  const { limit = usualLimit, patience } = call;
  if (patience === undefined) {
    const timer = setTimeout(() => end(tooLong(call, limit)), limit);
    return () => clearTimeout(timer);
  }
  const stall = new Stall(pid, patience, () => end(stalled(call, patience)));
  return () => stall[Symbol.dispose]();
}

/** The error of a program that has stalled. */
export function stalled(
  { program, step }: Pick<ProgramCall, 'program' | 'step'>,
  patience: number,
): TslxcError {
  const detail = `${program} has neither read nor written anything for ${patience / 1000} s, and is killed (${step})`;
  return new TslxcError('OPERATION_TIMEOUT', detail, { step });
}

function tooLong({ program, step }: ProgramCall, limit: number): TslxcError {
  const detail = `${program} has not exited within ${limit / 1000} s, and is killed (${step})`;
  return new TslxcError('OPERATION_TIMEOUT', detail, { step });
}

function aborted({ program, step }: ProgramCall): TslxcError {
  return new TslxcError('OPERATION_ABORTED', `${program} is not needed any more (${step})`, {
    step,
  });
}

/** The folders in which programs of the host are looked for, in this order: those of PATH, then those of the system. */
export function searchPath(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, ...systemFolders])];
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8');
}
