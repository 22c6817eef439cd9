// Streams in a file system of their own, which gives them a security label: a pipe of pipe(2) has
// that of the process that made it, which a confined program may not use.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

struct PipeEnds {
  Fd reading;
  Fd writing;
};

// FIFOs (fifo(7)) in a tmpfs that is attached nowhere and disappears with the last of them. Its
// mount options say how they are labelled. O_CLOEXEC.
std::vector<PipeEnds> makeFifos(size_t count, const std::vector<std::string>& options);

// A null device (null(4)) in such a tmpfs, for reading and writing: it shares its mode and owner
// with no other one. O_CLOEXEC.
Fd makeNull(const std::vector<std::string>& options);

}  // namespace tslxc
