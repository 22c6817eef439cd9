#include "native/base/process.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "native/base/syscall.h"

namespace tslxc {

Fd openPidfd(pid_t pid) {
  return Fd(
      static_cast<int>(check(syscall(SYS_pidfd_open, pid, 0), "pidfd_open", std::to_string(pid))));
}

void signalPidfd(int pidfd, int signal) {
  check(syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0), "pidfd_send_signal");
}

bool waitPidfd(int pidfd, int milliseconds, const Interruption& interruption) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  pollfd entry{pidfd, POLLIN, 0};
  int left = milliseconds;
  for (;;) {
    const int ready = poll(&entry, 1, left);
    if (ready == 1 && (entry.revents & POLLNVAL) != 0) errno = EBADF;
    if (ready == 1 && (entry.revents & POLLNVAL) == 0) return true;
    if (ready == 0) return false;
    if (ready == 1 || errno != EINTR || interruption.requested()) check(-1, "poll");
    if (milliseconds < 0) continue;
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    left = rest > 0 ? static_cast<int>(rest) : 0;
  }
}

}  // namespace tslxc
