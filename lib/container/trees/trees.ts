/**
 * Copies, moves and removes whole trees of the host. No container may write to them meanwhile. What is in a tree is
 * reached by descriptor only, since a container has made it; the paths of the trees themselves are the host's own.
 */
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
} from 'node:fs';
import { constants as system } from 'node:os';
import { basename, dirname } from 'node:path';
import { TslxcError } from '../../errors';
import { mountsWithin } from '../../host/kernel/mount-table';
import { native } from '../../host/native';
import { flushDirectory } from '../../host/state/durable-file';
import { fileError, hasErrno, unlessMissing } from '../../host/state/file-error';
import { walkSource, type Walked, type WalkOptions } from '../security/relabel/label-walk';

const { ENOENT, ENOTDIR, ENOTEMPTY, EEXIST } = system.errno;

/** Errors of a snapshot onto another file system: another btrfs, or one that does not know the request. */
const elsewhere = [system.errno.EXDEV, system.errno.ENOTTY, system.errno.EOPNOTSUPP];

/**
 * Set on the top of a tree while it takes the place of another, so that a process which continues with that can tell
 * whether it has been done.
 */
const markAttribute = 'trusted.tslxc.tree';

/** A directory, and where its copy is to be. */
export interface TreeCopy {
  /** Without symbolic links. */
  readonly from: string;
  /** Must not exist yet. */
  readonly to: string;
  /** The step that an error names. */
  readonly step: string;
}

/**
 * Copies a tree: a btrfs subvolume by a snapshot, unless it has other subvolumes in it; otherwise file by file, with
 * shared blocks where the file system can. The copy is on disk when it resolves. A partial copy stays when it rejects.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED for a tree with a mount in it, whose files would be missing; RESOURCE_BUSY, with the `path`, if
 * what is copied changes meanwhile, or is kept from being read; OPERATION_ABORTED; SyscallError.
 */
export async function copyTree(
  { from, to, step }: TreeCopy,
  options: WalkOptions = {},
): Promise<void> {
  const [mounted] = mountsWithin(from).filter((path) => path !== from);
  if (mounted !== undefined) {
    const detail = `${mounted} is mounted in '${from}': what is in it could not be copied`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { path: mounted, step });
  }
  try {
    using source = openDirectory(from);
    if (await isSnapshot(source.fd, to)) return;
    await copyInto({ fd: source.fd, path: from, step }, to, options);
  } catch (error) {
    throw usedMeanwhile(error) ?? fileError(error, step);
  }
}

/** An open directory, and where its copy is to be. */
export interface OpenTreeCopy {
  readonly fd: number;
  /** How errors call it. */
  readonly from: string;
  /** Must not exist yet. */
  readonly to: string;
  readonly step: string;
}

/** Copies an open tree file by file, as `copyTree` does. @throws as that. */
export async function copyOpenTree({ fd, from, to, step }: OpenTreeCopy): Promise<void> {
  try {
    await copyInto({ fd, path: from, step }, to);
  } catch (error) {
    throw usedMeanwhile(error) ?? fileError(error, step);
  }
}

async function copyInto(source: Walked, to: string, options: WalkOptions = {}): Promise<void> {
  mkdirSync(to, { mode: 0o700 });
  using target = openDirectory(to);
  const into = target.fd;
  await walkSource(source, options, (fd, report) => native().copyTree(fd, { into }, report));
}

/**
 * What an error means that comes from a program of the host which uses the tree. Locks (flock(2), fcntl(2)) are no obstacle, nor is it that
 * a file is executed, or immutable.
 */
function usedMeanwhile(error: unknown): TslxcError | undefined {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) return undefined;
  const { errno = 0, syscall = '', path = '', step } = error;
  const words = uses[`${errno} ${syscall}`]?.(path);
  if (words === undefined) return undefined;
  const details = { errno, syscall, path, ...(step === undefined ? {} : { step }) };
  return new TslxcError('RESOURCE_BUSY', words, { ...details, cause: error });
}

const inSwap = (path: string): string =>
  `'${path}' is swap space of this host, which can't be copied: see swapoff(8)`;

/** By errno and system call. */
const uses: Readonly<Record<string, (path: string) => string>> = {
  [`${system.errno.EBUSY} fstat`]: (path) =>
    `'${path}' was changed again and again while it was copied: a program outside the container writes to it, and has to be stopped`,
  [`${system.errno.EAGAIN} open`]: (path) =>
    `a program has a lease on '${path}' (F_SETLEASE, fcntl(2)), and has been told to give it up: try again`,
  [`${system.errno.ETXTBSY} ioctl`]: inSwap,
  [`${system.errno.ETXTBSY} copy_file_range`]: inSwap,
};

/** Makes the copy a snapshot, where `fd` is a subvolume; false where the copy has to be made file by file. */
async function isSnapshot(fd: number, to: string): Promise<boolean> {
  if (native().subvolumeKind(fd) !== 'whole') return false;
  using folder = openDirectory(dirname(to), 'follow');
  try {
    await native().snapshotSubvolume(fd, { directory: folder.fd, name: basename(to) });
    return true;
  } catch (error) {
    if (elsewhere.some((one) => hasErrno(error, one))) return false;
    throw error;
  }
}

/** Makes an empty directory that keeps a place free, for the rename of a tree to it. @throws SyscallError EEXIST. */
export function holdPlace(path: string): void {
  mkdirSync(path, { mode: 0o700 });
}

/** Removes an empty directory: a place that was held in vain, or a folder of tslxc. Whatever else is there stays. */
export function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (![ENOENT, ENOTDIR, ENOTEMPTY, EEXIST].some((one) => hasErrno(error, one))) throw error;
  }
}

/** Makes a folder for tslxc, which root alone may enter; it may exist already. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!hasErrno(error, EEXIST)) throw error;
  }
}

/** Moves a tree to the place that is held for it; does nothing when that has been done. */
export function fillPlace(from: string, to: string): void {
  if (isEntryThere(from)) moveTree(from, to);
}

/** Marks a tree that is going to take the place of another. */
export function markTree(path: string, mark: string): void {
  makeMovable(path);
  using tree = openDirectory(path);
  native().setXattr(tree.fd, markAttribute, Buffer.from(mark));
}

/**
 * Exchanges a marked tree with another, atomically; does nothing when that has been done, or nothing is at `staged` any
 * more. If the other tree is gone, the marked one moves to its place.
 */
export function takePlace(staged: string, place: string, mark: string): void {
  if (!isEntryThere(staged)) return;
  if (!isEntryThere(place)) {
    moveTree(staged, place);
    return;
  }
  if (markOf(place) === mark) return;
  makeMovable(place);
  using one = openDirectory(dirname(staged), 'follow');
  using other = openDirectory(dirname(place), 'follow');
  native().exchangeEntries(
    { directory: one.fd, name: basename(staged) },
    { directory: other.fd, name: basename(place) },
  );
}

export function unmarkTree(path: string, mark: string): void {
  if (!isEntryThere(path) || markOf(path) !== mark) return;
  using tree = openDirectory(path);
  native().removeXattr(tree.fd, markAttribute);
}

/** Flushes renames to disk: the folders that the trees lie in now, and those that they were in. */
export async function flushMoves(moves: readonly { from: string; to: string }[]): Promise<void> {
  const folders = new Set(moves.flatMap(({ from, to }) => [dirname(from), dirname(to)]));
  for (const folder of folders) if (isEntryThere(folder)) await flushDirectory(folder);
}

/** Whether the folder has an entry of that name: a symbolic link is one, also if it leads nowhere. @throws SyscallError. */
export function isEntryThere(path: string): boolean {
  return unlessMissing(() => lstatSync(path)) !== undefined;
}

/** Whether a path is where something is mounted, which nothing can take the place of. */
export function isMountPoint(path: string): boolean {
  return mountsWithin(path).includes(path);
}

function moveTree(from: string, to: string): void {
  makeMovable(from);
  renameSync(from, to);
}

/** A container may have made its root immutable, and a snapshot of btrfs keeps that. */
function makeMovable(path: string): void {
  using tree = openDirectory(path);
  native().allowChanges(tree.fd);
}

function markOf(path: string): string | undefined {
  using tree = openDirectory(path);
  return native().getXattr(tree.fd, markAttribute)?.toString('utf8');
}

interface OpenDirectory extends Disposable {
  readonly fd: number;
}

/** A tree is never a link; the path to the folder that it lies in may lead through links of the administrator. */
function openDirectory(path: string, link: 'refuse' | 'follow' = 'refuse'): OpenDirectory {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  const fd = openSync(path, link === 'follow' ? flags : flags | constants.O_NOFOLLOW);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}
