/** What the addon is told of the labels of a tree. */

/** Names of the extended attributes for the label, and for the label before it. */
export interface TreeMemory {
  readonly attribute: string;
  readonly memory: string;
}

export interface TreeLabel extends TreeMemory {
  readonly label: string;
  /** For an inode that has this label and remembers none: `remember` if it had it before, `leave` if it was made with it. */
  readonly same: 'remember' | 'leave';
}
