// A lock in a run folder that a process holds as long as it lives.
#pragma once

#include "native/base/fd.h"

namespace tslxc {

// Locks byte 0 of the file `name`, which is made if missing, and writes this process's pid into it.
// The pid alone would not do: it may be reused, and survives an exec. Throws SyscallError; EAGAIN
// when another process holds the lock.
Fd holdLock(int directory, const char* name);

}  // namespace tslxc
