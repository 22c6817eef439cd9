/** The destination of a root, checked before anything is made, so that no file of the caller is lost. */
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, hasErrno } from '../host/state/file-error';
import { findIllegalCharacter } from '../domain/xml/xml-characters';
import { TslxcError } from '../errors';
import { absolutePath } from '../host/state/absolute-path';

const ENOENT = 2;
const step = 'looking at the place of the root';

/**
 * The path of `directory` without symbolic links. It does not exist yet, or is an empty directory.
 *
 * @throws TslxcError INVALID_ARG if a root can't be made there, OPERATION_INVALID if something is there already;
 * SyscallError.
 */
export async function findPlace(directory: string): Promise<string> {
  if (directory === '') throw new TslxcError('INVALID_ARG', 'the directory has no name');
  const absolute = absolutePath(directory);
  const illegal = findIllegalCharacter(absolute);
  if (illegal !== undefined) {
    const what = `no domain could name it: XML can't hold ${illegal.shown}`;
    throw new TslxcError('INVALID_ARG', what, { path: absolute });
  }
  try {
    return (await exists(absolute)) ? await emptyPlace(absolute) : await newPlace(absolute);
  } catch (error) {
    throw fileError(error, step);
  }
}

async function newPlace(path: string): Promise<string> {
  const parent = dirname(path);
  const real = await realpath(parent).catch((error: unknown) => {
    if (!hasErrno(error, ENOENT)) throw error;
    const what = `'${path}' can't be made: there is no directory ${parent}`;
    throw new TslxcError('INVALID_ARG', what, { path: parent, errno: ENOENT });
  });
  return join(real, basename(path));
}

async function emptyPlace(path: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    if (!hasErrno(error, ENOENT)) throw error;
    throw refusal(path, 'is a symbolic link that leads nowhere');
  });
  const found = await stat(real);
  if (!found.isDirectory()) throw refusal(path, 'exists, and is not a directory');
  if ((await readdir(real)).length > 0) throw refusal(path, 'exists, and is not empty');
  // The directory is replaced by a rename, which is impossible for these.
  if (found.dev !== (await stat(dirname(real))).dev) {
    throw refusal(path, 'is a mount point: name a directory below it');
  }
  // Not by its path, which a current directory that was removed has none of. One that can't be looked at is not this one, which could.
  const here = await stat('.').catch(() => undefined);
  if (found.dev === here?.dev && found.ino === here.ino) {
    throw refusal(path, 'is the working directory: call this from outside');
  }
  return real;
}

/** Whether something exists; true also for a symbolic link that leads nowhere. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrno(error, ENOENT)) return false;
    throw error;
  }
}

function refusal(path: string, why: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', `'${path}' ${why}`, { path });
}
