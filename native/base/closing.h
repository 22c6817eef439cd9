// The end of descriptors that have come from other processes. close(2) of one may wait for whoever
// serves its file, as with FUSE, and no signal ends that: so it is for no thread that anything else
// waits for.
#pragma once

#include <cstddef>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// Has them closed by other threads, at once, and does not wait for it. What is not open is left
// alone.
void closeElsewhere(std::vector<Fd> descriptors);

// How many have been given to it, and are not closed yet.
size_t stillClosing();

}  // namespace tslxc
