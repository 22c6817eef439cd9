/**
 * Look-ups that need no process of their own, since they can't block: of what the kernel holds in its caches, on file
 * systems that are on this machine's own disks or in its memory. A path on a file system that another process or host
 * serves is left to a looker: that may have ceased to answer, which the cache does not show.
 */
import { SyscallError, TslxcError } from '../../errors';
import { mountsIn, ofMounts } from '../../host/kernel/mount-table';
import { native } from '../../host/native';
import type { Glance } from '../../host/native';

/** Types of file systems that ask no other process or host, by their names in proc_pid_mountinfo(5). */
const localTypes: ReadonlySet<string> = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'zfs', 'vfat', 'exfat'],
  ...['squashfs', 'erofs', 'iso9660', 'tmpfs', 'ramfs', 'devtmpfs', 'proc', 'sysfs'],
]);

export interface Glanced {
  readonly root: string;
  readonly path: string;
  readonly syscall: string;
}

export class Glances {
  /** Ids of the local mounts at the first look-up; a path on a later mount is left to a looker. */
  #local: ReadonlySet<number> | undefined;

  /**
   * Resolves `path` below `root` as in the container, unless `root` is ''. Undefined where a looker has to look it up.
   *
   * @throws SyscallError of the system call that a looker would have made.
   */
  at({ root, path, syscall }: Glanced): Glance | undefined {
    const seen = glance(root, path, syscall);
    if (seen === undefined) return undefined;
    this.#local ??= localMounts();
    return this.#local.has(Number(seen.mount)) ? seen : undefined;
  }
}

function glance(root: string, path: string, syscall: string): Glance | undefined {
  try {
    return native().glance(root, path);
  } catch (error) {
    const errno = TslxcError.is(error) ? error.errno : undefined;
    if (errno === undefined) throw error;
    throw new SyscallError({ errno, syscall, path });
  }
}

const localMounts = ofMounts((mountinfo): ReadonlySet<number> => {
  const local = mountsIn(mountinfo).filter(({ type }) => localTypes.has(type));
  return new Set(local.map(({ id }) => id));
});
