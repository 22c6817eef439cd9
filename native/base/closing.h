// Closes descriptors that were received from other processes. close(2) of one may wait for the
// server of its file, as with FUSE, and no signal ends that wait, so it must not happen on a thread
// that anything else waits for.
#pragma once

#include <cstddef>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// Has other threads close them at once, and does not wait for that. Invalid Fds are ignored.
void closeElsewhere(std::vector<Fd> descriptors);

// How many descriptors have been passed to closeElsewhere() and are not closed yet.
size_t stillClosing();

}  // namespace tslxc
