/** Files that are replaced as a whole, and are on the disk when they are said to be. */
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { naming } from './file-error';

const temporaryPrefix = '.new-';
/** A temporary file as old as this has lost its writer. */
const abandonedMilliseconds = 60_000;

/** Whoever reads sees the one or the other. Flushed to the disk when it resolves. @throws the errors of node:fs, with the path. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  await removeAbandoned(directory, extname(path));
  const temporary = join(directory, temporaryPrefix + temporaryName());
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw naming(path, error);
  } finally {
    await handle.close();
  }
  await flushDirectory(directory);
}

/** A rename or removal is on the disk only when the directory is: fsync(2). */
export async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `suffix` is that of the files themselves: one may look like a temporary file. */
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
