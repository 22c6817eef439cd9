/** Paths that are relative to the current directory, which may have been removed since this process came there. */
import { constants } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { describeErrno, TslxcError } from '../../errors';

/**
 * The path, absolute and without `.` and `..`. For one that is absolute already there need be no current directory.
 *
 * @throws TslxcError INVALID_ARG, with `path`, `errno` and `syscall`, for a relative path if the current directory is gone.
 */
export function absolutePath(path: string): string {
  if (isAbsolute(path)) return resolve(path);
  try {
    return resolve(path);
  } catch (error) {
    const errno = errnoOf(error);
    const reason = `'${path}' is relative, and there is no current directory (${describeErrno(errno)}): name an absolute path`;
    throw new TslxcError('INVALID_ARG', reason, { path, errno, syscall: 'getcwd', cause: error });
  }
}

/** What node:process throws has a negative errno. */
function errnoOf(error: unknown): number {
  const { errno = constants.errno.ENOENT } = error as { readonly errno?: number };
  return Math.abs(errno);
}
