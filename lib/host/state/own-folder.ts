/** Folders of tslxc's own, which are made when something is first written there. */
import { mkdirSync, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { dirname } from 'node:path';
import { hasErrno } from './file-error';

/** For root alone. */
const usualMode = 0o700;

/**
 * Makes a folder, and those above it that are missing, one by one: with `recursive`, Node.js says ENOENT where the file system is
 * read-only, and never returns where the kernel says ENOENT below a folder that is there. A folder that is there stays as it is.
 *
 * @throws the errors of node:fs: what the kernel says of the first folder that can't be made, with its path.
 */
export function makeOwnFolder(path: string, mode = usualMode): void {
  try {
    makeOne(path, mode);
  } catch (error) {
    if (!hasErrno(error, system.errno.ENOENT)) throw error;
    // Also if it is there by now: another process may have made it since.
    makeOwnFolder(dirname(path), mode);
    makeOne(path, mode);
  }
}

/** Does nothing if it is there, also if another process makes it at the same time. */
function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
