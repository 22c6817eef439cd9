/** The plain data of snapshots and clones: options, and facts about a snapshot. */
import type { LabelProgress } from '../../container/security/relabel/label-walk';
import type { SnapshotRequest, SnapshotState } from '../../domain/snapshot';

/** Progress and abort of a copy of trees. */
export interface TreeCopyOptions {
  /** Called while files are copied: every 1,000 files or 200 ms. A snapshot of a btrfs subvolume copies none. */
  readonly onProgress?: ((progress: LabelProgress) => void) | undefined;
  /** Aborts the call, until its commit: it rejects with OPERATION_ABORTED, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

/** How `DomainSnapshots.create` makes a snapshot. */
export interface SnapshotOptions extends SnapshotRequest, TreeCopyOptions {}

/** A snapshot of a domain. */
export interface SnapshotInfo {
  /** Unique among those of its domain. */
  readonly name: string;
  /** Absent when it has none. */
  readonly description?: string;
  /** `disk-snapshot`: the domain was paused; what was in memory is not kept. */
  readonly state: SnapshotState;
  /** The name of the snapshot that was current when it was made; absent if none was. */
  readonly parent?: string;
  /** When it was made: milliseconds since 1970. */
  readonly created: number;
  /** Whether it is the one that was made or reverted to last. */
  readonly isCurrent: boolean;
  /** The directories on this host that hold its files. */
  readonly paths: readonly string[];
}

/** What `DomainSnapshots.remove` removes. */
export interface SnapshotRemoval {
  /** `too`: also all snapshots that descend from it; `only`: these, and not the snapshot itself. Default: `keep`. */
  readonly children?: 'keep' | 'too' | 'only' | undefined;
  /** `keep`: the files stay on the disk, and only the record is removed. Default: `remove`. */
  readonly files?: 'remove' | 'keep' | undefined;
}

/** How `Domain.clone` makes a domain from another one. */
export interface CloneOptions extends TreeCopyOptions {
  /** A snapshot to clone instead of the current contents; the domain may run then. Default: none. */
  readonly snapshot?: string | undefined;
  /**
   * Where the copy of each tree is put, by the tree's target in the container: `{ '/': '/srv/shop' }`. The path is absolute, and
   * nothing or an empty directory is there. Default: beside the original, named NAME if the original is named after its domain,
   * else like the original with `-NAME` appended.
   */
  readonly paths?: Readonly<Record<string, string | undefined>> | undefined;
}
