/** Files that are replaced atomically, and flushed to the disk. */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { naming } from './file-error';

const temporaryPrefix = '.new-';
/** The writer of a temporary file of this age has died. */
const abandonedMilliseconds = 60_000;

/** A reader sees the old or the new content. Flushed to the disk when it resolves. @throws the errors of node:fs, with the path. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await removeAbandoned(directory, extname(path));
  const temporary = join(directory, temporaryPrefix + temporaryName());
  const handle = await openNew(temporary, path);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw naming(path, error, temporary);
  } finally {
    await handle.close();
  }
  await flushDirectory(directory);
}

/** Makes the `temporary` file for what is to be at `path`, which an error names: nobody else knows of the temporary one. */
async function openNew(temporary: string, path: string): Promise<FileHandle> {
  try {
    return await open(temporary, 'wx', 0o600);
  } catch (error) {
    throw naming(path, error, temporary);
  }
}

/** Flushes a rename or removal to the disk, which needs an fsync(2) of the directory. */
export async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes temporary files of dead writers. Files with `suffix` are kept: they are not temporary, whatever their name. */
async function removeAbandoned(directory: string, suffix: string): Promise<void> {
  for (const file of await readdir(directory)) {
    if (!file.startsWith(temporaryPrefix) || file.endsWith(suffix)) continue;
    const path = join(directory, file);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > abandonedMilliseconds) await rm(path, { force: true });
  }
}

function temporaryName(): string {
  return `${process.pid}-${process.hrtime.bigint().toString(36)}`;
}
