#include "native/monitor/anonymous-pair.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native/base/clone.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

struct Pair {
  std::array<int, 2> ends{-1, -1};
  int error = 0;
};

void make(Pair& pair) noexcept {
  const int made = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.ends.data());
  pair.error = made == 0 ? 0 : errno;
}

int makeAndEnd(void* pair) {
  make(*static_cast<Pair*>(pair));
  _exit(0);
}

// Makes the pair in another process, which shares this one's memory and descriptors.
void makeInAnother(Pair& pair) {
  const Stack stack;
  const Child maker = cloneGuest({stack, makeAndEnd, &pair, CLONE_FILES});
  int status = 0;
  check(retry([&] { return waitpid(maker.pid, &status, 0); }), "waitpid");
  if (status != 0) pair.error = ECHILD;
}

}  // namespace

std::array<Fd, 2> makeAnonymousPair() {
  Pair pair;
  makeInAnother(pair);
  if (pair.error != 0) throw SyscallError{pair.error, "socketpair", ""};
  return {Fd(pair.ends[0]), Fd(pair.ends[1])};
}

}  // namespace tslxc
