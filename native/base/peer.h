// The process at the other end of a connected local socket, and descriptors for it: unix(7).
#pragma once

#include <sys/types.h>

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

}  // namespace tslxc
