/**
 * What attaching a device to a running container does, as data: taken back in it while it goes on. What of it is left when
 * the container ends is among the undo of its record. Taking back twice, or what never happened, succeeds.
 */
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { Undo } from './undo';

export type LiveUndo =
  /** Of the host's: an interface, a mount target. */
  | Extract<
      Undo,
      Readonly<{
        undo: 'removeLink' | 'returnLink' | 'removeMacvlan' | 'restoreAddress' | 'releaseTarget';
      }>
    >
  /** A node in the container's /dev. */
  | (Readonly<{ undo: 'removeNode' }> & HostDevice)
  /** What the filter allowed before. */
  | Readonly<{ undo: 'filterDevices'; before: readonly HostDevice[] }>
  /** A file system: by the numbers of its root, in decimal; '' before they are known, when nothing is mounted yet. */
  | (Readonly<{ undo: 'detachTree' }> & MountRecord)
  /** The label of a source that no other device of the domain uses. */
  | Readonly<{ undo: 'restoreLabel'; path: string }>;

/** A file system that was attached while the container ran. */
export interface MountRecord {
  readonly target: string;
  readonly device: string;
  readonly inode: string;
}
