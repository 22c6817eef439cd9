// The directories on the way down a tree that is built or emptied during a walk: few of them are
// open, and those far above are found again through "..".
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// Directories above the current one that stay open.
constexpr size_t kOpenDirectories = 64;

class Descent {
 public:
  bool empty() const { return levels_.empty(); }
  bool atTop() const { return levels_.size() == 1; }
  // The lowest one.
  int current() const { return levels_.back().directory.get(); }

  // Enters a directory in the lowest one, or the top, whose name is empty.
  void push(Fd directory, const std::string& name);
  // Leaves the lowest one for the one above, and returns its name there. Throws SyscallError ESTALE
  // when another process has moved it meanwhile.
  std::string pop();

 private:
  struct Level {
    Fd directory;  // closed while it is far above
    dev_t device;
    ino_t inode;
    std::string name;
  };

  std::vector<Level> levels_;
};

}  // namespace tslxc
