/**
 * passwd(5) and group(5) of a container, piece by piece: root inside writes what it likes into them, and may write on while
 * they are read. They are opened inside the container's root by the kernel's rules.
 */
import { closeSync, constants, fstatSync, openSync, read as readInPool } from 'node:fs';
import { constants as system } from 'node:os';
import { promisify } from 'node:util';
import { TslxcError } from '../../errors';
import { native } from '../../host/native';
import { O_PATH } from '../../host/state/open-flags';

const read = promisify(readInPool);

const chunkSize = 64 * 1024;
/** Some sixty thousand users. */
const largestDatabase = 4 * 1024 * 1024;

export type AccountPath = '/etc/passwd' | '/etc/group';

/**
 * The entries as lists of their fields, some at a time, of the first of these roots that has the file. Nothing for a fifo or a
 * device, which is how the upper layer of an overlay says that a file of the lower one was removed.
 *
 * @throws TslxcError OPERATION_FAILED for a file that is too long.
 */
export async function* accountEntries(
  roots: readonly string[],
  path: AccountPath,
): AsyncGenerator<readonly string[][]> {
  const fd = openFirst(roots, path);
  if (fd === undefined) return;
  try {
    if (!fstatSync(fd).isFile()) return;
    for await (const lines of linesOf(fd, path)) yield lines.map((line) => line.split(':'));
  } finally {
    native().closeDescriptor(fd);
  }
}

/** The first entry that is asked for. */
export async function findEntry(
  roots: readonly string[],
  path: AccountPath,
  isIt: (entry: readonly string[]) => boolean,
): Promise<readonly string[] | undefined> {
  for await (const entries of accountEntries(roots, path)) {
    const found = entries.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Undefined when none has it, or the first that has it can't be opened. */
function openFirst(roots: readonly string[], path: AccountPath): number | undefined {
  for (const root of roots) {
    const directory = openSync(root, O_PATH | constants.O_DIRECTORY);
    try {
      return native().openInRoot(directory, path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const isMissing = TslxcError.is(error) && error.errno === system.errno.ENOENT;
      if (!isMissing) return undefined;
    } finally {
      closeSync(directory);
    }
  }
  return undefined;
}

async function* linesOf(fd: number, path: AccountPath): AsyncGenerator<readonly string[]> {
  const chunk = Buffer.allocUnsafe(chunkSize);
  let begun: Buffer[] = [];
  for (let size = 0; ;) {
    const { bytesRead } = await read(fd, chunk, 0, chunkSize, null);
    size += bytesRead;
    if (size > largestDatabase) throw tooLong(path);
    if (bytesRead === 0) break;
    const end = chunk.subarray(0, bytesRead).lastIndexOf('\n');
    if (end === -1) {
      begun.push(Buffer.from(chunk.subarray(0, bytesRead)));
      continue;
    }
    yield Buffer.concat([...begun, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    begun = [Buffer.from(chunk.subarray(end + 1, bytesRead))];
  }
  const last = Buffer.concat(begun).toString('utf8');
  if (last !== '') yield [last];
}

function tooLong(path: AccountPath): TslxcError {
  const most = `${largestDatabase / 1024 / 1024} MiB`;
  const detail = `${path} in the container is longer than ${most}, too long to look a name up in it`;
  return new TslxcError('OPERATION_FAILED', detail, { path, step: 'look up a user or a group' });
}
