/**
 * What attaching a device to a running container does, as data, so that it can be undone while the container runs. What
 * of it is left when the container ends is in the `undo` of its record. Undoing twice, or undoing what never happened,
 * succeeds.
 */
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { LinkUndo, Undo } from './undo';

export type LiveUndo =
  /** On the host: an interface, a mount target, the block device of an image. */
  | LinkUndo
  | Extract<Undo, { undo: 'releaseTarget' | 'detachImage' }>
  /** A node in the container's /dev. */
  | (Readonly<{ undo: 'removeNode' }> & HostDevice)
  /** What the filter allowed before. */
  | Readonly<{ undo: 'filterDevices'; before: readonly HostDevice[] }>
  /** A file system. */
  | (Readonly<{ undo: 'detachTree' }> & MountRecord)
  /** The label of a source that no other device of the domain uses. */
  | Readonly<{ undo: 'restoreLabel'; path: string }>;

/** A file system of a running container. */
export interface MountRecord {
  readonly target: string;
  /** The mount in the kernel, and its root: numbers in decimal, '' before they are known. */
  readonly mount: string;
  readonly device: string;
  readonly inode: string;
  /** The pid of init in the life that has this mount: after a reboot the file system is another mount. 0 before it is known. */
  readonly init: number;
}
