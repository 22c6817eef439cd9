#include "native/base/peer.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "native/base/syscall.h"

namespace tslxc {

PeerCredentials peerCredentials(int socket) {
  ucred found{};
  socklen_t length = sizeof found;
  check(getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &found, &length), "getsockopt");
  return {found.pid, found.uid, found.gid};
}

bool sendDescriptor(int socket, int descriptor) {
  char byte = 0;
  iovec part{&byte, sizeof byte};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)]{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  const ssize_t sent =
      retry([&] { return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
  if (sent < 0 && errno == EAGAIN) return false;
  check(sent, "sendmsg");
  return true;
}

}  // namespace tslxc
