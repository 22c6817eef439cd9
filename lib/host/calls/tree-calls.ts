/** The calls of the addon for whole trees: labels, copies, and trees that are put in place. Decides nothing. */
import type { TreeLabel, TreeMemory } from '../security/tree-label';

/** An entry of a directory: `name` is one component, and is not followed. */
export interface TreeEntry {
  /** A descriptor of the directory that it lies in. */
  readonly directory: number;
  readonly name: string;
}

export interface TreeCalls {
  /** Labels every inode of the tree at `source`, without following links or entering other mounts. Before that, it
   *  stores the former label in another attribute, `memory`. It writes the number of visited inodes as lines to
   *  the descriptor `report` (-1 for none) from time to time; if the reader has closed it, it ends with ECANCELED. */
  relabelTree(source: number, labels: TreeLabel, report: number): Promise<void>;
  /** Restores the labels that the inodes remember. `made` is the label that the tree was given; an inode that was created
   *  with it meanwhile gets the label of the directory above it. True if some inodes had that label before: they remember
   *  that until they are restored without `made`. */
  restoreTree(
    source: number,
    labels: TreeMemory & { made?: string },
    report: number,
  ): Promise<boolean>;
  /** Makes all that is below the directory `source` in the empty directory `into`, and gives that the owner, mode, times and extended
   *  attributes of `source`. By descriptor: no link is followed, no other mount entered. Blocks are shared where the file system
   *  can (FICLONE). Flushed to the disk (syncfs(2)). EEXIST for what is there already. `report` as `relabelTree`. */
  copyTree(source: number, target: { readonly into: number }, report: number): Promise<void>;
  /** Removes all that is in the directory `source`, also what is immutable; EBUSY or ENOTEMPTY for what is mounted in it. `report`
   *  as `relabelTree`; the argument between is not looked at. */
  emptyTree(source: number, target: undefined, report: number): Promise<void>;
  /** Takes away what chattr(1) has set against changes of a file or a directory, which otherwise can't be renamed or removed. */
  allowChanges(fd: number): void;
  /** Each takes the other's place: renameat2(2) with RENAME_EXCHANGE. */
  exchangeEntries(one: TreeEntry, other: TreeEntry): void;
  /** What a directory that is open for reading is to btrfs: `nested` is a subvolume with others in it, which a snapshot leaves out;
   *  `none` also on another file system. */
  subvolumeKind(fd: number): 'none' | 'whole' | 'nested';
  /** BTRFS_IOC_SNAP_CREATE_V2; `source` is open for reading. On another file system EXDEV, or ENOTTY or EOPNOTSUPP where that is no btrfs. */
  snapshotSubvolume(source: number, target: TreeEntry): Promise<void>;
  /** BTRFS_IOC_SNAP_DESTROY; ENOTEMPTY for one with others in it. */
  removeSubvolume(entry: TreeEntry): Promise<void>;
}
