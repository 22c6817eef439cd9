#include "test/fuzz/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

#include <array>
#include <cstdarg>

#include "native/base/syscall.h"

namespace tslxc::fuzz {
namespace {

int terminals = 0;

int answer(unsigned long request) {
  switch (request) {
    case TIOCGPTPEER:
      return open("/dev/null", O_RDWR | O_CLOEXEC);
    case TIOCSWINSZ:
    case TCXONC:
      return 0;
    default:
      errno = ENOTTY;
      return -1;
  }
}

}  // namespace

Terminal::Terminal() {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
        "socketpair");
  master = Fd(ends[0]);
  slave = Fd(ends[1]);
  ++terminals;
}

Terminal::~Terminal() { --terminals; }

}  // namespace tslxc::fuzz

// Of the linker's --wrap.
extern "C" {
int __real_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  if (tslxc::fuzz::terminals > 0) return tslxc::fuzz::answer(request);
  return __real_ioctl(fd, request, argument);
}
}
