/**
 * Turns errors of node:fs and of the addon about files into errors of this package that name the step, and tells which of them
 * say what is at a path. An error is an answer only if it says that there is nothing: with EMFILE or EIO that is unknown.
 */
import { statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { SyscallError, TslxcError } from '../../errors';
import type { ErrorDetails } from '../../errors';

interface NodeFileError {
  readonly message: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: unknown;
}

function isNodeFileError(error: unknown): error is NodeFileError {
  if (typeof error !== 'object' || error === null) return false;
  const { errno, syscall } = error as Partial<NodeFileError>;
  return typeof errno === 'number' && errno < 0 && typeof syscall === 'string';
}

/** Numbers from here on are libuv's own, and no errnos: `rmSync` of Node.js 24 reports any failure as 4094 (UV_UNKNOWN). */
const firstOfLibuv = 3000;

/**
 * A SyscallError for an error of node:fs, whose errnos are negative; with a number that is no errno, a TslxcError SYSTEM_ERROR with
 * what node:fs says. An error of the addon gets the step; any other error is unchanged.
 */
export function fileError(error: unknown, step?: string): Error {
  const when = step === undefined ? {} : { step };
  if (isNodeFileError(error)) {
    const { errno, syscall, path } = error;
    const where = typeof path === 'string' ? { path } : {};
    if (errno <= -firstOfLibuv) return ofLibuv(error, { syscall, ...when, ...where });
    return new SyscallError({ errno: -errno, syscall, ...when, ...where });
  }
  if (step !== undefined && isStepless(error)) {
    const { errno = 0, syscall = '', path } = error;
    return new SyscallError({ errno, syscall, step, ...(path === undefined ? {} : { path }) });
  }
  const isError = error instanceof Error || TslxcError.is(error);
  return isError ? error : new Error(String(error), { cause: error });
}

/** The cause of the failure is only in the message. */
function ofLibuv({ message }: NodeFileError, details: ErrorDetails): TslxcError {
  const { syscall = '', path, step } = details;
  const what = [syscall, path].filter((word) => word !== undefined).join(' ');
  const when = step === undefined ? '' : ` (${step})`;
  return new TslxcError('SYSTEM_ERROR', `${what}: ${message}${when}`, details);
}

/** Whether it is as the addon throws it, which knows the call, but not what it was for. */
function isStepless(error: unknown): error is TslxcError {
  if (!TslxcError.is(error, 'SYSTEM_ERROR') || error.name !== 'SyscallError') return false;
  return [error.step, error.domain, error.element].every((detail) => detail === undefined);
}

/**
 * Adds the path to an error of write(2) or fsync(2), which know only a descriptor, and returns it. With `temporary`, the path of a
 * file that only the writer knows of, it takes the place of that path too.
 */
export function naming(path: string, error: unknown, temporary?: string): unknown {
  if (!isNodeFileError(error)) return error;
  if (error.path !== undefined && error.path !== temporary) return error;
  return Object.assign(error, { path });
}

/** Adds to an error about a definition the file that its line and column refer to. */
export function inFile(error: TslxcError, path: string): TslxcError {
  if (error.path !== undefined) return error;
  return Object.assign(error, { path, message: messageInFile(error, path) });
}

/** Several problems stand below a heading, which names the file; before what is no XML it stands as in libvirt. */
function messageInFile({ message, line, problems }: TslxcError, path: string): string {
  if (problems !== undefined) return message.replace(/:\n/, ` (${path}):\n`);
  const position = /^at line (\d+): /.exec(message);
  if (position !== null) return `${path}:${position[1]}: ${message.slice(position[0].length)}`;
  return line === undefined ? message : `${message} of ${path}`;
}

/** The error to be thrown again: one about a definition names the file that the definition is in. */
export function ofFile(path: string, error: unknown): unknown {
  return TslxcError.is(error) && error.element !== undefined ? inFile(error, path) : error;
}

/** Runs `action`, and adds the file to an error about a definition. */
export async function withPath<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw ofFile(path, error);
  }
}

/** Whether an error of node:fs or of this package has that errno (positive). */
export function hasErrno(error: unknown, errno: number): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return Math.abs(Number((error as { errno?: unknown }).errno)) === errno;
}

/** Whether the error says that there is nothing at a path. Any other, such as EMFILE or EIO, says nothing of what is there. */
export function saysMissing(error: unknown): boolean {
  return hasErrno(error, system.errno.ENOENT) || hasErrno(error, system.errno.ENOTDIR);
}

/** Whether the error of a call about a process, or of a file below its folder in /proc, says that the process has ended. */
export function saysEnded(error: unknown): boolean {
  return hasErrno(error, system.errno.ENOENT) || hasErrno(error, system.errno.ESRCH);
}

/** What `read` returns; undefined if it says that there is nothing at its path. @throws SyscallError for any other error. */
export function unlessMissing<T>(read: () => T, step?: string): T | undefined {
  try {
    return read();
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw fileError(error, step);
  }
}

/** The same for what is asked of a process, or read below its folder in /proc: undefined once it has ended. */
export function unlessEnded<T>(read: () => T, step?: string): T | undefined {
  try {
    return read();
  } catch (error) {
    if (saysEnded(error)) return undefined;
    throw fileError(error, step);
  }
}

/** Whether there is something at the path; links are followed. existsSync says no whatever the error is. @throws SyscallError. */
export function isThere(path: string): boolean {
  return unlessMissing(() => statSync(path, { throwIfNoEntry: false })) !== undefined;
}
