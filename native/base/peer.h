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

// Of when it has connected (SO_PEERCRED).
PeerCredentials peerCredentials(int socket);

// One byte with a descriptor (SCM_RIGHTS). False when the socket is full, and nothing has been
// sent.
bool sendDescriptor(int socket, int descriptor);

// What has come at once: so many bytes, and the descriptors that came with the last of them.
struct BytesReceived {
  size_t size = 0;
  std::vector<Fd> descriptors;
};

// Reads into `buffer` what is there, without waiting: nothing when nothing is, no bytes when no
// more will come. Throws EMSGSIZE when more descriptors have come than `most`, or than this process
// may have: none of them is kept, and where none may come none is ever opened. None may come while
// more than 256 that have come before are not closed yet, see closing.h.
std::optional<BytesReceived> receiveFrom(int socket, std::span<char> buffer, size_t most);

}  // namespace tslxc
