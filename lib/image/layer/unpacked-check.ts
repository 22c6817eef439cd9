/**
 * Looks at what umoci has made of a layer, before it is moved to where the others are: every file is one that an entry has told, or is
 * the same as in a layer below, copied for a hard link; and there is not more of it than is allowed. Nothing else writes there meanwhile.
 */
import type { Stats } from 'node:fs';
import { lstat, opendir, readdir } from 'node:fs/promises';
import { constants as system } from 'node:os';
import { basename, dirname } from 'node:path';
import { TslxcError } from '../../errors';
import { abortedBy } from '../../host/abort-listener';
import { hasErrno } from '../../host/state/file-error';
import { bytesOfEntry, shownName, type LayerLimits, type LayerReading } from './entry-check';
import type { Inode } from './told-files';

export interface Unpacked extends LayerReading {
  /** Absolute path of what umoci has unpacked into: the upper layer of an overlay. */
  readonly root: string;
  /** Roots of the layers below, from the uppermost on. */
  readonly lowers: readonly string[];
  readonly limits: LayerLimits;
  readonly signal: AbortSignal | undefined;
}

const { ENOENT, ENOTDIR } = system.errno;
/** Names of a directory that are looked at together. */
const together = 32;

/**
 * Resolves to the bytes that files of lower layers take, which have been copied.
 *
 * @throws TslxcError OPERATION_DENIED with the file; OPERATION_ABORTED; errors of node:fs.
 */
export async function checkUnpacked(unpacked: Unpacked): Promise<number> {
  const check = new UnpackedCheck(unpacked);
  const [beside] = (await readdir(dirname(unpacked.root))).filter(
    (name) => name !== basename(unpacked.root),
  );
  if (beside !== undefined) refuse(`/../${beside}`, 'is beside the root');
  await check.walk('');
  return check.end();
}

/** Paths begin with `/`, and are bytes as characters of latin1. */
class UnpackedCheck {
  readonly #unpacked: Unpacked;
  #entries = 0;
  /** Of all files. */
  #bytes = 0;
  /** Of those that are also in a lower layer. */
  #copied = 0;
  /** Files with several names that have been counted. */
  readonly #counted = new Set<number>();
  /** Inodes that are copies of files of a lower layer. */
  readonly #copies = new Set<number>();
  /** Names of hard links whose file is not told: of such a copy, or of nothing that is known. By inode. */
  readonly #untold = new Map<number, string>();

  constructor(unpacked: Unpacked) {
    this.#unpacked = unpacked;
  }

  async walk(folder: string): Promise<void> {
    const { root, signal } = this.#unpacked;
    if (signal?.aborted === true) throw abortedBy(signal);
    const folders: string[] = [];
    let paths: string[] = [];
    const look = async (): Promise<void> => {
      folders.push(...(await this.#look(paths)));
      paths = [];
    };
    for await (const { name } of await opendir(pathOf(root, folder), { encoding: 'latin1' })) {
      paths.push(`${folder}/${name}`);
      if (paths.length === together) await look();
    }
    await look();
    for (const path of folders) await this.walk(path);
  }

  end(): number {
    for (const [inode, path] of this.#untold) if (!this.#copies.has(inode)) refuse(path, unknown);
    const { content, limits } = this.#unpacked;
    const most = content.bytes + this.#copied;
    if (this.#bytes > most) refuse('/', 'has more in it than the layer says');
    if (most > limits.mostBytes) {
      refuse(
        '/',
        `has files of layers below, copied for hard links: more than ${limits.mostBytes} bytes`,
      );
    }
    return this.#copied;
  }

  /** The directories among them. */
  async #look(paths: readonly string[]): Promise<string[]> {
    const { root, limits } = this.#unpacked;
    const folders: string[] = [];
    const states = await Promise.all(paths.map((path) => lstat(pathOf(root, path))));
    for (const [at, state] of states.entries()) {
      const path = paths[at] ?? '';
      this.#entries += 1;
      if (this.#entries > limits.mostEntries) refuse(path, 'is one too many');
      if (state.isDirectory()) folders.push(path);
      else if (!isMark(state)) await this.#checkFile(path, state);
    }
    return folders;
  }

  async #checkFile(path: string, state: Stats): Promise<void> {
    const { ino, nlink } = state;
    const bytes = bytesOf(state);
    this.#bytes += this.#counted.has(ino) ? bytesOfEntry : bytes;
    if (nlink > 1) this.#counted.add(ino);
    const { told } = this.#unpacked;
    const inode = inodeOf(state);
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (told.hasFile(base, inode)) return;
    const isLink = told.hasLink(base);
    if (isLink && told.hasInode(inode)) return;
    if (await this.#isBelow(path, inode)) {
      if (!this.#copies.has(ino)) this.#copied += bytes;
      this.#copies.add(ino);
    } else if (isLink) this.#untold.set(ino, path);
    else refuse(path, unknown);
  }

  /** Whether the uppermost of the lower layers that have something there has the same file. */
  async #isBelow(path: string, inode: Inode): Promise<boolean> {
    for (const lower of this.#unpacked.lowers) {
      const state = await stateBelow(lower, path);
      if (state !== undefined) return isSame(inodeOf(state), inode);
    }
    return false;
  }
}

const unknown = 'is not what an entry of the layer says';

const pathOf = (root: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(root), Buffer.from(path, 'latin1')]);

/** overlayfs's own mark that something of a lower layer is hidden. */
const isMark = (state: Stats): boolean => state.isCharacterDevice() && state.rdev === 0;

const bytesOf = (state: Stats): number =>
  state.isFile() ? Math.max(state.size, bytesOfEntry) : bytesOfEntry;

function inodeOf(state: Stats): Inode {
  const { mode, uid, gid, size, rdev } = state;
  return {
    type: typeOf(state),
    mode: mode & 0o7777,
    uid,
    gid,
    size: state.isFile() ? size : 0,
    device: rdev,
  };
}

/** As in tar(5); an archive has no sockets. */
function typeOf(state: Stats): string {
  if (state.isFile()) return '0';
  if (state.isSymbolicLink()) return '2';
  if (state.isCharacterDevice()) return '3';
  if (state.isBlockDevice()) return '4';
  return state.isFIFO() ? '6' : '?';
}

const isSame = (one: Inode, other: Inode): boolean =>
  (Object.keys(one) as (keyof Inode)[]).every((key) => one[key] === other[key]);

/** Undefined if nothing is there, or only behind a link: that may lead out of the layer. */
async function stateBelow(root: string, path: string): Promise<Stats | undefined> {
  try {
    for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
      if (!(await lstat(pathOf(root, path.slice(0, end)))).isDirectory()) return undefined;
    }
    return await lstat(pathOf(root, path));
  } catch (error) {
    if (hasErrno(error, ENOENT) || hasErrno(error, ENOTDIR)) return undefined;
    throw error;
  }
}

function refuse(path: string, why: string): never {
  const detail = `the layer has been unpacked to something else than was checked: ${shownName(path)} ${why}`;
  throw new TslxcError('OPERATION_DENIED', detail, { step: 'check what has been unpacked' });
}
