/**
 * A container's freezer. Its state is kept by the kernel alone: every process sees whether the container is paused, and
 * no copy of it can be wrong.
 */
import { constants } from 'node:os';
import { SyscallError } from '../../errors';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import { readPlain } from '../../host/state/plain-file';
import type { StartRecord } from '../record/run-state';
import { cgroupFolders } from '../statistics/read';
import { ownCgroups } from '../record/undo';

const { errno } = constants;

/** How long processes may take to stand still, or to go on, in milliseconds, and how often init is looked at meanwhile. */
const patience = 5000;
const turn = 200;

/** Where a container is stopped, with all that is in it. Of v2 alone where there is no hierarchy of v1 for it. */
export function freezerDirectory(
  start: StartRecord,
  layout: CgroupLayout,
): { readonly path: string; readonly version: 'v1' | 'v2' } | undefined {
  const folders = cgroupFolders(start, layout);
  const v1 = folders.v1('freezer');
  if (v1 !== undefined) return { path: v1, version: 'v1' };
  return folders.unified === undefined ? undefined : { path: folders.unified, version: 'v2' };
}

/** Whether the container has been asked to stand still. False when it has no cgroup. */
export function isFrozen(start: StartRecord, layout: CgroupLayout): boolean {
  const directory = freezerDirectory(start, layout);
  if (directory === undefined) return false;
  const { path, version } = directory;
  try {
    const found = readPlain(
      `${path}/${version === 'v1' ? 'freezer.self_freezing' : 'cgroup.freeze'}`,
    );
    return found.kind === 'file' && found.content.startsWith('1');
  } catch {
    return false;
  }
}

/**
 * Stops every process of the container; resolves when it is so, or when `isInitKilled` is true: the monitor that ends a container
 * thaws it, and then it may never stand still.
 *
 * @throws SyscallError ENOENT without a freezer or a container; ETIMEDOUT when processes can't be stopped, and then they
 * go on.
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
 * Lets every process of the container go on; resolves when it is so.
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
 * Sends SIGKILL to every process of a container that is frozen. Those of v1 end as soon as they are thawed, and run no
 * further; this doesn't wait for it.
 */
export async function killFrozen(start: StartRecord, layout: CgroupLayout): Promise<void> {
  const freezer = freezerDirectory(start, layout);
  // One of v1 would be thawed on the way; and every process is in each of the hierarchies.
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
