#include "native/base/datagram.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {

void sendDatagram(const std::string& path, std::string_view text) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Longer names are refused, never cut: a shorter one may be another process's.
  if (path.size() >= sizeof address.sun_path) throw SyscallError{ENAMETOOLONG, "sendto", path};
  std::memcpy(address.sun_path, path.data(), path.size());
  size_t length = offsetof(sockaddr_un, sun_path) + path.size() + 1;
  if (path.starts_with('@')) {
    address.sun_path[0] = '\0';
    --length;  // an abstract name has no terminating NUL
  }
  const Fd socket(check(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
  check(sendto(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(length)),
        "sendto", path);
}

}  // namespace tslxc
