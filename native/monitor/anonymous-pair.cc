#include "native/monitor/anonymous-pair.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "native/base/clone.h"
#include "native/base/message.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

std::array<Fd, 2> makePair() {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

[[noreturn]] void makeFor(int maker) noexcept {
  try {
    const std::array<Fd, 2> pair = makePair();
    sendMessage(maker, ReadyMessage{}, {pair[0].get(), pair[1].get()});
    _exit(0);
  } catch (const SyscallError& cause) {
    _exit(cause.error);
  } catch (...) {
    _exit(ENOMEM);
  }
}

}  // namespace

std::array<Fd, 2> makeAnonymousPair() {
  std::array<Fd, 2> way = makePair();
  const Child maker = cloneProcess(0, -1);
  if (maker.pid == 0) makeFor(way[1].get());
  way[1].reset();
  std::optional<RawMessage> made = receiveMessage(way[0].get());
  int status = 0;
  check(retry([&] { return waitpid(maker.pid, &status, 0); }), "waitpid");
  if (!made || made->descriptors.size() != 2) {
    throw SyscallError{WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD, "socketpair", ""};
  }
  return {std::move(made->descriptors[0]), std::move(made->descriptors[1])};
}

}  // namespace tslxc
