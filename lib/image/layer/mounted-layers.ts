/**
 * Layers as one tree: a detached overlay, reached only through its descriptor. It disappears with the last process that has the
 * descriptor, even if that is killed.
 */
import { closeSync, openSync } from 'node:fs';
import { constants as system } from 'node:os';
import { native } from '../../host/native';
import { hasErrno } from '../../host/state/file-error';
import { O_PATH } from '../../host/state/open-flags';

// mount_setattr(2)
export const readOnlyMount = 0x1;
export const noDevices = 0x4;

export interface Stack {
  /** Absolute paths, from the uppermost on; at least one. */
  readonly lowers: readonly string[];
  readonly options: readonly string[];
  /** MOUNT_ATTR_*. */
  readonly attributes: number;
}

/** The descriptor of the overlay, to be closed by the caller. @throws SyscallError. */
export function mountLayers({ lowers, options, attributes }: Stack): number {
  // The marks that hide a directory of a lower layer are extended attributes of the kind `user`, for containers with ids of their
  // own.
  const all = ['userxattr', ...options];
  try {
    const single = lowers.map((path) => `lowerdir+=${path}`);
    return native().makeFilesystem('overlay', [...single, ...all], attributes);
  } catch (error) {
    // Before Linux 6.8 all layers have to be in one value, of 255 bytes at most.
    if (!hasErrno(error, system.errno.EINVAL)) throw error;
    return mountJoined({ lowers, options: all, attributes });
  }
}

function mountJoined({ lowers, options, attributes }: Stack): number {
  const opened: number[] = [];
  try {
    for (const path of lowers) opened.push(openSync(path, O_PATH));
    const joined = opened.map((fd) => `/proc/self/fd/${fd}`).join(':');
    return native().makeFilesystem('overlay', [`lowerdir=${joined}`, ...options], attributes);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
