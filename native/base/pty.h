// Pseudoterminals, by descriptor: the slave is opened from the master (TIOCGPTPEER, Linux 4.13), so
// that no path below /dev/pts is ever trusted.
#pragma once

#include <cstdint>

#include "native/base/fd.h"

namespace tslxc {

struct Pty {
  Fd master;  // non-blocking
  Fd slave;
  unsigned index;  // N of /dev/pts/N in its own devpts
};

// Opens a pair in the devpts mount `devpts` (its root directory).
Pty openPty(int devpts);

// Opens a pair in the devpts that a running container has at /dev/pts; `root` is its root
// directory. The container may have mounted anything there: anything but a devpts is refused
// (ENODEV), and nothing on another mount is opened.
Pty openPtyInside(int root);

// Opens a pair in the host's devpts through /dev/ptmx.
Pty openHostPty();

// No echo, no line editing, no signals: bytes pass as they are.
void makeRaw(int terminal);

struct WindowSize {
  uint16_t rows = 0;
  uint16_t columns = 0;
};
void setWindowSize(int terminal, WindowSize size);
WindowSize windowSize(int terminal);

}  // namespace tslxc
