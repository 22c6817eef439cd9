#include "native/monitor/failpoint.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "native/base/fd.h"

namespace tslxc {

namespace {

// Waits until the victim has released everything, its end of a socket too; on a busy machine that
// takes a while.
void killAndWait(pid_t victim) {
  constexpr int kPatience = 5000;  // milliseconds
  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, victim, 0)));
  kill(victim, SIGKILL);
  if (!pidfd.valid()) return;
  pollfd entry{pidfd.get(), POLLIN, 0};
  poll(&entry, 1, kPatience);
}

// No process can send a signal out of its PID namespace. So at init's failpoints the test does the
// killing, and then sends SIGCONT, which the first process of a PID namespace gets from outside
// only while it blocks it.
void waitForOutside() {
  constexpr timespec kPatience{30, 0};
  sigset_t awaited;
  sigset_t before;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCONT);
  sigprocmask(SIG_BLOCK, &awaited, &before);
  sigtimedwait(&awaited, nullptr, &kPatience);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

void Failpoints::act() const {
  const bool kills = action == FailAction::kKillController || action == FailAction::kKillMonitor;
  if (kills && getpid() == 1) {
    waitForOutside();
    return;
  }
  switch (action) {
    case FailAction::kNone:
      return;
    case FailAction::kKillSelf:
      // Returns in the first process of a PID namespace, which is immune to its own SIGKILL.
      raise(SIGKILL);
      _exit(137);
    case FailAction::kStopSelf:
      raise(SIGSTOP);
      for (;;) pause();  // the first process of a PID namespace is immune to its own SIGSTOP too
    case FailAction::kKillController:
      killAndWait(controller);
      return;
    case FailAction::kKillMonitor:
      killAndWait(monitor == 0 ? getpid() : monitor);
  }
}

}  // namespace tslxc
