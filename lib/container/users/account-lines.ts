/**
 * Reads passwd(5) and group(5) of a container piece by piece: root inside can write anything into them, even while they
 * are read. The kernel resolves their paths inside the container's root, and a looker opens them, since the root may
 * lie on a file system that never answers.
 */
import { constants as system } from 'node:os';
import { TslxcError } from '../../errors';
import type { FilePiece, FileState, LookedFor, Looks } from '../looks/looks';

const pieceSize = 64 * 1024;
/** In bytes: some sixty thousand users. */
const largestDatabase = 4 * 1024 * 1024;

const step = 'look up a user or a group';

export type AccountPath = '/etc/passwd' | '/etc/group';

/** Where the container's databases are looked for. */
export interface AccountRoots {
  /** The directories on the host that make up its root, the upper one first; none when they are in an image. */
  readonly folders: readonly string[];
  readonly looks: Looks;
  /** What the error of a look-up says. */
  readonly what: LookedFor;
}

/**
 * The entries as lists of their fields, some at a time, from the first of the folders that has the file. None for a
 * fifo or a device: by a device, the upper layer of an overlay marks a file of the lower one as removed.
 *
 * @throws TslxcError OPERATION_FAILED for a file that is too long, or that is replaced by another while it is read;
 * OPERATION_TIMEOUT and OPERATION_ABORTED as Looks.
 */
export async function* accountEntries(
  roots: AccountRoots,
  path: AccountPath,
): AsyncGenerator<readonly string[][]> {
  for await (const lines of linesOf(piecesOf(roots, path))) {
    yield lines.map((line) => line.split(':'));
  }
}

/** The first entry for which `isIt` is true. */
export async function findEntry(
  roots: AccountRoots,
  path: AccountPath,
  isIt: (entry: readonly string[]) => boolean,
): Promise<readonly string[] | undefined> {
  for await (const entries of accountEntries(roots, path)) {
    const found = entries.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each look-up opens the file anew, so that it has to be the same file each time. */
async function* piecesOf(roots: AccountRoots, path: AccountPath): AsyncGenerator<Buffer> {
  const first = await firstPiece(roots, path);
  if (first?.state.kind !== 'file') return;
  const { looks, what } = roots;
  let { bytes } = first;
  for (let size = 0; ;) {
    size += bytes.length;
    if (size > largestDatabase) throw tooLong(path);
    yield bytes;
    if (bytes.length < pieceSize) return;
    const range = { path, from: size, most: pieceSize };
    const next = await looks.pieceInRoot(first.folder, range, what);
    if (!isSameFile(next.state, first.state)) throw replaced(path);
    bytes = next.bytes;
  }
}

/** Undefined when no folder has it, or the first that has it can't be read. */
async function firstPiece(
  { folders, looks, what }: AccountRoots,
  path: AccountPath,
): Promise<(FilePiece & { readonly folder: string }) | undefined> {
  for (const folder of folders) {
    try {
      const piece = await looks.pieceInRoot(folder, { path, from: 0, most: pieceSize }, what);
      return { ...piece, folder };
    } catch (error) {
      if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
      if (error.errno !== system.errno.ENOENT) return undefined;
    }
  }
  return undefined;
}

function isSameFile(one: FileState, other: FileState): boolean {
  return one.device === other.device && one.inode === other.inode;
}

async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  let begun: Buffer[] = [];
  for await (const piece of pieces) {
    const end = piece.lastIndexOf('\n');
    if (end === -1) {
      begun.push(piece);
      continue;
    }
    yield Buffer.concat([...begun, piece.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    begun = [piece.subarray(end + 1)];
  }
  const last = Buffer.concat(begun).toString('utf8');
  if (last !== '') yield [last];
}

function tooLong(path: AccountPath): TslxcError {
  const most = `${largestDatabase / 1024 / 1024} MiB`;
  const detail = `${path} in the container is longer than ${most}, too long to look a name up in it`;
  return new TslxcError('OPERATION_FAILED', detail, { path, step });
}

function replaced(path: AccountPath): TslxcError {
  const detail = `${path} in the container was replaced by another file while it was read; try again`;
  return new TslxcError('OPERATION_FAILED', detail, { path, step });
}
