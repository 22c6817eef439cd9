// A lock of this process in a run folder: it lives as long as it holds it.
#pragma once

#include "native/base/fd.h"

namespace tslxc {

// Takes byte 0 of the file `name`, made if missing, and writes the own pid into it: a pid can be
// reused, and an exec keeps it, which a lock is safe from. Throws SyscallError; EAGAIN when another
// process has it.
Fd holdLock(int directory, const char* name);

}  // namespace tslxc
