/**
 * Giving a definition's file another name, so that at each moment, whoever dies when, it is there under one name and
 * under one only. The file says its name itself, so that it is written anew; a link in `renames/` stands from before the
 * new file is there until the old one is gone. As long as it leads to a file, the old name has none any more.
 */
import { existsSync, readdirSync, statSync, readlinkSync } from 'node:fs';
import { mkdir, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { flushDirectory, replaceFile } from './durable-file';
import { hasErrno } from './file-error';

const ENOENT = 2;
const EEXIST = 17;
const ENOTEMPTY = 39;

export interface FileRename {
  /** Names of files in the directory. */
  readonly from: string;
  readonly to: string;
  /** What the file is to hold under its new name. */
  readonly text: string;
}

/** True for a file that has another name now, though it may still be seen under this one. */
export function isRenamedAway(directory: string, file: string): boolean {
  return statSync(linkOf(directory, file), { throwIfNoEntry: false }) !== undefined;
}

/** Nobody else may write below the directory meanwhile. Flushed to the disk when it resolves. @throws the errors of node:fs. */
export async function renameFile(directory: string, { from, to, text }: FileRename): Promise<void> {
  await mkdir(renames(directory), { recursive: true, mode: 0o700 });
  await symlink(join('..', to), linkOf(directory, from));
  try {
    await flushDirectory(renames(directory));
    await carryAutostart(directory, { from, to });
    await replaceFile(join(directory, to), text);
  } catch (error) {
    // Also where the new file is there and only its flush has failed.
    await finishRenames(directory);
    throw error;
  }
  await finishRenames(directory);
}

/** Finishes, or takes back, what was cut short. Nobody else may write below the directory meanwhile. */
export async function finishRenames(directory: string): Promise<void> {
  for (const file of unfinished(directory)) {
    const link = linkOf(directory, file);
    const isDone = existsSync(link);
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

/** A link to nothing is none: it counts as soon as the file is there. */
async function carryAutostart(
  directory: string,
  { from, to }: Pick<FileRename, 'from' | 'to'>,
): Promise<void> {
  const autostart = join(directory, 'autostart');
  await rm(join(autostart, to), { force: true });
  if (!existsSync(join(autostart, from))) return;
  await symlink(join(directory, to), join(autostart, to)).catch((error: unknown) => {
    if (!hasErrno(error, EEXIST)) throw error;
  });
}

function unfinished(directory: string): string[] {
  try {
    return readdirSync(renames(directory));
  } catch (error) {
    if (hasErrno(error, ENOENT)) return [];
    throw error;
  }
}

function renames(directory: string): string {
  return join(directory, 'renames');
}

function linkOf(directory: string, file: string): string {
  return join(renames(directory), file);
}
