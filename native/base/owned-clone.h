// clone3(2) with a user namespace that belongs to another user than the caller. The kernel takes
// the caller's effective user for the owner, and counts for it what is limited for each user
// (kernel/ucount.c).
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "native/base/clone.h"

namespace tslxc {

// As cloneProcess; with an `owner` that is not 0, for a caller that is root and not dumpable. The
// child begins with that effective user, and all capabilities in its new user namespace.
Child cloneOwned(uid_t owner, uint64_t flags, int cgroup);

}  // namespace tslxc
