/** The plain data of snapshots and clones: options, and what is known of a snapshot. */
import type { LabelProgress } from '../../container/security/relabel/label-walk';
import type { SnapshotRequest, SnapshotState } from '../../domain/snapshot/snapshot';

/** How a copy of trees is followed and ended. */
export interface TreeCopyOptions {
  /** Called while files are copied: every 1,000 files or 200 ms. A snapshot of a btrfs subvolume copies none. */
  readonly onProgress?: (progress: LabelProgress) => void;
  /** Aborts it before its commit: it rejects with OPERATION_ABORTED, and nothing is left. */
  readonly signal?: AbortSignal;
}

/** How `DomainSnapshots.create` makes a snapshot. */
export interface SnapshotOptions extends SnapshotRequest, TreeCopyOptions {}

/** What is known of a snapshot. */
export interface SnapshotInfo {
  /** Unique among those of its domain. */
  readonly name: string;
  /** Absent when it has none. */
  readonly description?: string;
  /** `disk-snapshot`: the domain was paused; what was in memory is not kept. */
  readonly state: SnapshotState;
  /** The name of the snapshot that was current when it was made; absent for a first one. */
  readonly parent?: string;
  /** When it was made: milliseconds since 1970. */
  readonly created: number;
  /** Whether it is the one that was made or reverted to last. */
  readonly isCurrent: boolean;
  /** The directories on this host that hold its files. */
  readonly paths: readonly string[];
}

/** What `DomainSnapshots.remove` removes besides. */
export interface SnapshotRemoval {
  /** `too`: also all snapshots that descend from it; `only`: these, and not the snapshot itself. Default: `keep`. */
  readonly children?: 'keep' | 'too' | 'only';
  /** `keep`: the files stay on the disk, and only the record goes. Default: `remove`. */
  readonly files?: 'remove' | 'keep';
}

/** How `Domain.clone` makes a domain of another one. */
export interface CloneOptions extends TreeCopyOptions {
  /** A snapshot of the domain to be cloned in place of what it is now; then it may run. Default: none. */
  readonly snapshot?: string;
  /**
   * Where the copy of each tree is to be, by its target in the container: `{ '/': '/srv/shop' }`. An absolute path at which nothing
   * is yet, or an empty directory. Default: beside the original, as NAME where that is named after its domain, else with `-NAME` behind it.
   */
  readonly paths?: Readonly<Record<string, string>>;
}
