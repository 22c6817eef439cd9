// Copies a tree by descriptor: no link in it is followed, and nothing that is mounted in it is
// entered. No other process may change the target.
#pragma once

#include "native/base/tree-walk.h"

namespace tslxc {

// Copies all that is below `source` into the empty directory `target`, and the attributes of
// `source` to `target`: owner, mode, times and extended attributes of each inode, hard links,
// holes, device nodes. The blocks of a file are shared where the file system can (FICLONE). Flags
// and projects of inodes are not copied. The copy is on the disk when this returns (syncfs(2)). The
// first failure ends the walk, with the path below the source as its subject: EBUSY of fstat(2) for
// a file that is written to again and again while it is copied, and for a directory in which
// something is made, renamed or removed meanwhile.
void copyTree(int source, int target, const WalkReport& report);

}  // namespace tslxc
