// The state of the inode behind a descriptor.
#pragma once

#include <sys/stat.h>

#include "native/base/syscall.h"

namespace tslxc {

// O_PATH descriptors work too. Throws SyscallError{fstat}.
inline struct stat stateOf(int fd) {
  struct stat state{};
  check(fstat(fd, &state), "fstat");
  return state;
}

}  // namespace tslxc
