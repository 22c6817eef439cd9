// Removes a tree by descriptor: no link in it is followed, and no mount is entered, whatever other
// processes mount meanwhile.
#pragma once

#include "native/base/tree-place.h"
#include "native/base/tree-walk.h"

namespace tslxc {

// Clears the chattr(1) flags immutable and append-only of a file or a directory, with which it can
// be neither removed nor renamed.
void allowChanges(int inode);

// Removes an entry with all that is in it, whatever chattr(1) flags are set; does nothing when
// there is none. Throws SyscallError EXDEV, with the path below the entry as its subject, when
// something is mounted at it or below: then nothing has been removed, unless that was mounted
// meanwhile, and in no case anything of what is mounted. No other process may change the tree.
void removeTree(const TreeEntry& entry, const WalkReport& report);

}  // namespace tslxc
