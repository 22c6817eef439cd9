/**
 * Atomic rename of a definition's file: at each moment, even if the process dies, the definition exists under exactly one
 * name. The file contains its name, so a new file is written. A link in `renames/` exists from before the new file is
 * written until the old one is removed. While the link leads to a file, the old name does not count.
 */
import { readdirSync, statSync, readlinkSync } from 'node:fs';
import { rm, rmdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { flushDirectory, replaceFile } from '../durable-file';
import { hasErrno, isThere } from '../file-error';
import { makeOwnFolder } from '../own-folder';

const ENOENT = 2;
const EEXIST = 17;
const ENOTEMPTY = 39;

export interface FileRename {
  /** Names of files in the directory. */
  readonly from: string;
  readonly to: string;
  /** Content of the file under its new name. */
  readonly text: string;
}

/** Whether a file has been renamed, though it may still exist under this name. */
export function isRenamedAway(directory: string, file: string): boolean {
  return statSync(linkOf(directory, file), { throwIfNoEntry: false }) !== undefined;
}

/** Names of all files in the directory that have been renamed, though they may still exist. */
export function renamedAway(directory: string): Set<string> {
  return new Set(unfinished(directory)?.filter((file) => isRenamedAway(directory, file)));
}

/**
 * Renames a file. The caller makes sure that no other process writes below the directory. Flushed to the disk when it
 * resolves. @throws the errors of node:fs.
 */
export async function renameFile(directory: string, { from, to, text }: FileRename): Promise<void> {
  makeOwnFolder(renames(directory));
  await symlink(join('..', to), linkOf(directory, from));
  try {
    await flushDirectory(renames(directory));
    await carryAutostart(directory, { from, to });
    await replaceFile(join(directory, to), text);
  } catch (error) {
    // Also if the new file exists and only its flush has failed.
    await finishRenames(directory);
    throw error;
  }
  await finishRenames(directory);
}

/** Completes or undoes interrupted renames. The caller makes sure that no other process writes below the directory. */
export async function finishRenames(directory: string): Promise<void> {
  const files = unfinished(directory);
  if (files === undefined) return;
  for (const file of files) {
    const link = linkOf(directory, file);
    const isDone = isThere(link);
    const autostart = join(directory, 'autostart');
    if (isDone) {
      await rm(join(directory, file), { force: true });
      await rm(join(autostart, file), { force: true });
      await flushDirectory(directory);
    } else {
      await rm(join(autostart, basename(readlinkSync(link))), { force: true });
    }
    await rm(link, { force: true });
  }
  await rmdir(renames(directory)).catch((error: unknown) => {
    if (!hasErrno(error, ENOENT) && !hasErrno(error, ENOTEMPTY)) throw error;
  });
}

/** Makes an autostart link for the new name. It has no effect until the file exists. */
async function carryAutostart(
  directory: string,
  { from, to }: Pick<FileRename, 'from' | 'to'>,
): Promise<void> {
  const autostart = join(directory, 'autostart');
  await rm(join(autostart, to), { force: true });
  if (!isThere(join(autostart, from))) return;
  await symlink(join(directory, to), join(autostart, to)).catch((error: unknown) => {
    if (!hasErrno(error, EEXIST)) throw error;
  });
}

/** Undefined if there is no folder of renames, as mostly. */
function unfinished(directory: string): string[] | undefined {
  try {
    return readdirSync(renames(directory));
  } catch (error) {
    if (hasErrno(error, ENOENT)) return undefined;
    throw error;
  }
}

function renames(directory: string): string {
  return join(directory, 'renames');
}

function linkOf(directory: string, file: string): string {
  return join(renames(directory), file);
}
