/** Folders of tslxc's own, which are made when something is first written there. */
import { mkdirSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { fileError, hasErrno, isThere } from './file-error';

/**
 * Makes a folder, and those above it that are missing, for root alone. The error is the kernel's: Node.js, which makes several at
 * once, says ENOENT where the file system is read-only.
 */
export function makeOwnFolder(path: string, step: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (hasErrno(error, system.errno.ENOENT)) makeOneByOne(path, step);
    throw fileError(error, step);
  }
}

/** @throws SyscallError of the first one that can't be made. */
function makeOneByOne(path: string, step: string): void {
  const parent = dirname(path);
  if (parent !== path && !isThere(parent)) makeOneByOne(parent, step);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    throw fileError(error, step);
  }
}
