/**
 * The removal of trees: the one way in which anything with contents is removed. It goes by descriptors, follows no link, and
 * never enters what is mounted: that is not tslxc's. (Node's own `rm` with `recursive` empties what is mounted in the tree:
 * always since Node.js 24.)
 */
import { closeSync, constants, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SyscallError, TslxcError } from '../../errors';
import { mountsWithin } from '../kernel/mount-table';
import { native } from '../native';
import { fileError, hasErrno } from '../state/file-error';

const { ENOENT, ENOTDIR, ENOTEMPTY, EXDEV } = system.errno;

/** How often a removal begins again, and after how many milliseconds, because a program that was killed still wrote. */
const mostRetries = 10;
const retryDelay = 100;

/** A tree, or a single file, and the step that an error names. */
export interface Removal {
  readonly path: string;
  readonly step: string;
}

/**
 * Removes a tree that tslxc has made; does nothing when there is none. In a thread of its own.
 *
 * @throws TslxcError OPERATION_INVALID when something is mounted at it or below: nothing has been removed then; SyscallError.
 */
export async function removeTree({ path, step }: Removal): Promise<void> {
  for (let retries = 0; ; retries += 1) {
    try {
      await removeOnce(path);
      return;
    } catch (error) {
      if (!hasErrno(error, ENOTEMPTY) || retries === mostRetries) throw placed(error, path, step);
    }
    await sleep(retryDelay);
  }
}

/** The same at once, for a folder of a few files of tslxc's own. @throws as `removeTree`. */
export function removeTreeNow({ path, step }: Removal): void {
  try {
    using folder = openFolder(dirname(path));
    if (folder === undefined) return;
    native().removeTreeNow({ directory: folder.fd, name: basename(path) });
  } catch (error) {
    throw placed(error, path, step);
  }
}

/**
 * To be called before the first of several things is changed, the last of which is a removal.
 *
 * @param path Absolute, without symbolic links.
 * @throws TslxcError OPERATION_INVALID for a mount at it or below.
 */
export function refuseMounts({ path, step }: Removal): void {
  const [mounted] = mountsWithin(path);
  if (mounted !== undefined) throw isMounted(mounted, path, step);
}

async function removeOnce(path: string): Promise<void> {
  using folder = openFolder(dirname(path));
  if (folder === undefined) return;
  const entry = { directory: folder.fd, name: basename(path) };
  if (await removedSubvolume(path, entry)) return;
  await native().removeTree(folder.fd, { name: entry.name }, -1);
}

/** A subvolume of btrfs goes as a whole. False for anything else, and for one in which something is mounted. */
async function removedSubvolume(
  path: string,
  entry: { readonly directory: number; readonly name: string },
): Promise<boolean> {
  if (mountsWithin(path).length > 0) return false;
  using tree = openFolder(path, constants.O_NOFOLLOW);
  if (tree === undefined || native().subvolumeKind(tree.fd) !== 'whole') return false;
  native().allowChanges(tree.fd);
  await native().removeSubvolume(entry);
  return true;
}

interface OpenFolder extends Disposable {
  readonly fd: number;
}

/** Undefined if there is no such folder. The path to a tree may lead through links of the administrator. */
function openFolder(path: string, flags = 0): OpenFolder | undefined {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | flags);
    return { fd, [Symbol.dispose]: () => closeSync(fd) };
  } catch (error) {
    if ([ENOENT, ENOTDIR].some((one) => hasErrno(error, one))) return undefined;
    throw error;
  }
}

/** The error of the addon, which gives the path below the tree, with the whole path. */
function placed(error: unknown, tree: string, step: string): unknown {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) return fileError(error, step);
  const { errno = 0, syscall = '', path = '' } = error;
  const at = join(tree, path);
  return errno === EXDEV
    ? isMounted(at, tree, step)
    : new SyscallError({ errno, syscall, path: at, step });
}

function isMounted(mounted: string, tree: string, step: string): TslxcError {
  const detail = `${mounted} is mounted: unmount it first (umount '${mounted}'), then ${tree} can be removed`;
  return new TslxcError('OPERATION_INVALID', detail, { path: mounted, step });
}
