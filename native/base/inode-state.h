// What the inode of a descriptor is.
#pragma once

#include <sys/stat.h>

#include "native/base/syscall.h"

namespace tslxc {

// Also of one that is open as O_PATH. Throws SyscallError{fstat}.
inline struct stat stateOf(int fd) {
  struct stat state{};
  check(fstat(fd, &state), "fstat");
  return state;
}

}  // namespace tslxc
