/**
 * A container's freezer. Only the kernel keeps its state: every process can see whether the container is paused, and
 * there is no copy that could be wrong.
 */
import { constants } from 'node:os';
import { SyscallError } from '../../errors';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import { readPlain } from '../../host/state/plain-file';
import type { StartRecord } from '../record/run-state';
import { cgroupFolders } from '../statistics/read';
import { ownCgroups } from '../record/undo';
import { hasErrno } from '../../host/state/file-error';

const { errno } = constants;

/** How long processes may take to freeze or thaw, and how often init is checked meanwhile; in milliseconds. */
const patience = 5000;
const turn = 200;

/**
 * The cgroup by which a container is frozen with all that is in it. It is one of v2 only if there is no v1 freezer
 * hierarchy for it.
 */
export function freezerDirectory(
  start: StartRecord,
  layout: CgroupLayout,
): { readonly path: string; readonly version: 'v1' | 'v2' } | undefined {
  const folders = cgroupFolders(start, layout);
  const v1 = folders.v1('freezer');
  if (v1 !== undefined) return { path: v1, version: 'v1' };
  return folders.unified === undefined ? undefined : { path: folders.unified, version: 'v2' };
}

/** Whether the container has been asked to freeze. False when it has no cgroup. @throws SyscallError if that is unknown. */
export function isFrozen(start: StartRecord, layout: CgroupLayout): boolean {
  const directory = freezerDirectory(start, layout);
  if (directory === undefined) return false;
  const { path, version } = directory;
  try {
    const found = readPlain(
      `${path}/${version === 'v1' ? 'freezer.self_freezing' : 'cgroup.freeze'}`,
    );
    return found.kind === 'file' && found.content.startsWith('1');
  } catch (error) {
    // Its cgroup has just been removed.
    if (hasErrno(error, errno.ENODEV)) return false;
    throw error;
  }
}

/**
 * Freezes every process of the container. Resolves once all are frozen, or once `isInitKilled` returns true: the
 * monitor that ends a container thaws it, after which it may never freeze.
 *
 * @throws SyscallError ENOENT without a freezer or a container; ETIMEDOUT when processes can't be frozen, in which case
 * the container is thawed again.
 */
export async function freeze(
  start: StartRecord,
  layout: CgroupLayout,
  isInitKilled: () => boolean,
): Promise<void> {
  const path = pathOf(start, layout);
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      await native().freezeCgroup(path, 'frozen', turn);
      return;
    } catch (error) {
      const isLate = error instanceof SyscallError && error.errno === errno.ETIMEDOUT;
      if (isLate && isInitKilled()) return;
      if (isLate && performance.now() < deadline) continue;
      await thaw(start, layout).catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Thaws every process of the container; resolves once all of them run again.
 *
 * @throws SyscallError ENOENT without a freezer or a container; ETIMEDOUT.
 */
export async function thaw(start: StartRecord, layout: CgroupLayout): Promise<void> {
  await native().freezeCgroup(pathOf(start, layout), 'thawed', patience);
}

function pathOf(start: StartRecord, layout: CgroupLayout): string {
  return freezerDirectory(start, layout)?.path ?? '/sys/fs/cgroup/freezer';
}

/**
 * Sends SIGKILL to every process of a frozen container. On v1 they end as soon as they are thawed, without running any
 * further; this does not wait for that.
 */
export async function killFrozen(start: StartRecord, layout: CgroupLayout): Promise<void> {
  const freezer = freezerDirectory(start, layout);
  // Killing in a cgroup of v1's freezer would thaw it. Any other hierarchy will do: every process is in each of them.
  const isThawed = (path: string): boolean =>
    freezer?.version === 'v1' && `${path}/`.startsWith(`${freezer.path}/`);
  const own = start.undo.flatMap((one) => (one.undo === 'removeCgroups' ? ownCgroups(one) : []));
  const { unified } = cgroupFolders(start, layout);
  const path = own.find((one) => one === unified) ?? own.find((one) => !isThawed(one));
  if (path === undefined) return;
  await native()
    .killCgroups([path], 0)
    .catch(() => undefined);
}
