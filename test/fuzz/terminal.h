// Terminals made of a socket pair: what is written at one end is there at the other at once, where
// the kernel's own would have a thread bring it. While one of these exists, ioctl(2) answers as for
// a terminal.
#pragma once

#include "native/base/fd.h"

namespace tslxc::fuzz {

class Terminal {
 public:
  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  // Both do not block.
  Fd master;
  Fd slave;
};

}  // namespace tslxc::fuzz
