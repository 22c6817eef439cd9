// clone3(2): the one place that makes a process. For single-threaded callers (the monitor, its
// stage 0): the child runs on a copy of the caller's memory, like fork(2).
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "native/base/fd.h"

namespace tslxc {

struct Child {
  pid_t pid = 0;  // 0 in the child
  Fd pidfd;       // only when asked for, only in the parent
};

// Clones with the given CLONE_NEW* flags, or with CLONE_PARENT: as a child of the caller's parent.
// A `cgroup` descriptor (v2) that is not -1 is entered from the first instruction
// (CLONE_INTO_CGROUP, Linux 5.7): moving afterwards waits for an RCU grace period.
Child cloneProcess(uint64_t flags, int cgroup);

}  // namespace tslxc
