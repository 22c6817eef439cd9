/** The calls of the addon for whole trees: labels, copies, and trees that are put in place. Decides nothing. */

/** Names of the extended attributes for the label, and for the label before it. */
interface TreeMemory {
  readonly attribute: string;
  readonly memory: string;
}

/** What a tree is labelled with. */
interface TreeLabel extends TreeMemory {
  readonly label: string;
  /** For an inode that has this label and remembers none: `remember` if it had it before, `leave` if it was made with it. */
  readonly same: 'remember' | 'leave';
}

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
  /** Copies everything below the directory `source` into the empty directory `into`, which also gets the owner, mode, times and
   *  extended attributes of `source`. By descriptor: no link is followed, no other mount entered. Blocks are shared if the file
   *  system can do that (FICLONE). Flushed to the disk (syncfs(2)). EEXIST for an entry that is there already. `report` as
   *  `relabelTree`. */
  copyTree(source: number, target: { readonly into: number }, report: number): Promise<void>;
  /** Removes an entry of the directory `folder` with everything in it, even what is immutable; does nothing when there is none.
   *  EXDEV if something is mounted at it or below: it is found before anything is removed, and never entered. Each path in an
   *  error is the one below the entry. `report` as `relabelTree`. */
  removeTree(folder: number, entry: { readonly name: string }, report: number): Promise<void>;
  /** The same on the caller's thread. */
  removeTreeNow(entry: TreeEntry): void;
  /** Clears the flags of chattr(1) that keep a file or a directory from being renamed or removed. */
  allowChanges(fd: number): void;
  /** Exchanges two entries: renameat2(2) with RENAME_EXCHANGE. */
  exchangeEntries(one: TreeEntry, other: TreeEntry): void;
  /** What btrfs takes a directory for, which is open for reading: `nested` is a subvolume that contains others, which a snapshot
   *  leaves out; `none` is no subvolume, or is on another file system. */
  subvolumeKind(fd: number): 'none' | 'whole' | 'nested';
  /** BTRFS_IOC_SNAP_CREATE_V2; `source` is open for reading. EXDEV if `target` is on another file system, or ENOTTY or EOPNOTSUPP
   *  if that is not btrfs. */
  snapshotSubvolume(source: number, target: TreeEntry): Promise<void>;
  /** BTRFS_IOC_SNAP_DESTROY; ENOTEMPTY for a subvolume that contains others. */
  removeSubvolume(entry: TreeEntry): Promise<void>;
}
