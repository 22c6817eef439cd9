// Copies a tree, or empties one, by descriptor: no link in it is followed, and nothing that is
// mounted in it is entered. The target of a copy, and what is emptied, nobody else may change
// meanwhile.
#pragma once

#include "native/base/tree-walk.h"

namespace tslxc {

// Makes all that is below `source` in the directory `target`, which is empty, and gives that what
// `source` has: owner, mode, times and extended attributes of each inode, hard links, holes, device
// nodes. The blocks of a file are shared where the file system can (FICLONE). Flags and projects of
// inodes stay behind. On the disk when it returns (syncfs(2)). The first failure ends it, with the
// path below the source as its subject.
void copyTree(int source, int target, const WalkReport& report);

// Takes away what chattr(1) has set against changes of a file or a directory: immutable, or only to
// be appended to. Such a one can neither be removed nor renamed.
void allowChanges(int inode);

// Removes all that is in a directory, whatever chattr(1) has set. What is mounted in it stays, and
// is a failure.
void emptyTree(int directory, const WalkReport& report);

}  // namespace tslxc
