// The process at the other end of a connected local socket, and descriptors both ways: unix(7).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

struct PeerCredentials {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};

// As they were when it connected (SO_PEERCRED).
PeerCredentials peerCredentials(int socket);

// Sends one byte with a descriptor (SCM_RIGHTS). False when the socket is full, and nothing has
// been sent.
bool sendDescriptor(int socket, int descriptor);

// Sends without waiting: how many of the bytes the kernel has taken, none if the socket is full.
size_t sendTo(int socket, std::span<const char> bytes);

// What one read has returned: so many bytes, and the descriptors that came with the last of them.
struct BytesReceived {
  size_t size = 0;
  std::vector<Fd> descriptors;
};

// Reads what is there into `buffer`, without waiting: nothing if there is nothing, a size of 0 at
// end-of-file. Throws EMSGSIZE if more descriptors have come than `most`, or than this process may
// have: none of them is kept, and with a `most` of 0 none is ever opened. `most` counts as 0 while
// more than 256 earlier ones are not closed yet, see closing.h.
std::optional<BytesReceived> receiveFrom(int socket, std::span<char> buffer, size_t most);

}  // namespace tslxc
