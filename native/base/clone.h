// clone(2), clone3(2): the only place that uses them. A process is made either on a copy of the
// caller's memory, like fork(2), or in that memory itself, like vfork(2). For single-threaded
// callers (the monitor, its stage 0).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "native/base/fd.h"

namespace tslxc {

struct Child {
  pid_t pid = 0;  // 0 in the child
  Fd pidfd;       // only in the parent
};

// Clones with the given CLONE_NEW* flags, or with CLONE_PARENT: as a child of the caller's parent.
// A `cgroup` descriptor (v2) that is not -1 is entered from the first instruction
// (CLONE_INTO_CGROUP, Linux 5.7): moving afterwards waits for an RCU grace period.
Child cloneProcess(uint64_t flags, int cgroup);

// The stack of a process that is made in the memory of another. The guard page below it kills a
// process that needs more.
class Stack {
 public:
  Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  std::byte* top() const;

 private:
  std::byte* mapping_;
};

// A process in the caller's memory: `body` must end in _exit(2) or execve(2).
struct Guest {
  const Stack& stack;
  int (*body)(void* argument);
  void* argument;
  int flags = 0;  // CLONE_FILES, or none
};

// The caller resumes when the guest has ended, or executed a program (CLONE_VFORK). Nothing is
// copied, so the guest can leave something in the caller's memory. No signal handler may run in the
// guest, so the caller must have none.
Child cloneGuest(const Guest& guest);

}  // namespace tslxc
