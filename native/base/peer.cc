#include "native/base/peer.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "native/base/closing.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// As many as the kernel allows in one message (SCM_MAX_FD).
constexpr size_t kMostAtOnce = 253;
// While more received descriptors than this are still being closed, no others may come.
constexpr size_t kMostClosing = 256;

std::vector<Fd> descriptorsOf(msghdr& message) {
  std::vector<Fd> found;
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr;
       item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t index = 0; index < count; ++index) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(item) + index * sizeof descriptor, sizeof descriptor);
      found.emplace_back(descriptor);
    }
  }
  return found;
}

}  // namespace

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

size_t sendTo(int socket, std::span<const char> bytes) {
  const ssize_t sent =
      retry([&] { return send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT); });
  if (sent < 0 && errno == EAGAIN) return 0;
  check(sent, "send");
  return static_cast<size_t>(sent);
}

std::optional<BytesReceived> receiveFrom(int socket, std::span<char> buffer, size_t most) {
  if (most > 0 && stillClosing() > kMostClosing) most = 0;
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMostAtOnce)];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (most > 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
  const ssize_t size =
      retry([&] { return recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
  if (size < 0 && errno == EAGAIN) return std::nullopt;
  check(size, "recvmsg");
  BytesReceived received{static_cast<size_t>(size), descriptorsOf(message)};
  // The kernel has dropped those for which there is no room. Unlike close(2), it does so without
  // waiting for the servers of their files.
  const bool areLost = (message.msg_flags & MSG_CTRUNC) != 0;
  if (areLost || received.descriptors.size() > most) {
    closeElsewhere(std::move(received.descriptors));
    throw SyscallError{EMSGSIZE, "recvmsg", {}};
  }
  return received;
}

}  // namespace tslxc
