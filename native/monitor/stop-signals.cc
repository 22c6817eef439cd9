#include "native/monitor/stop-signals.h"

#include <signal.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr int kStopSignals[] = {SIGTERM, SIGINT, SIGHUP};

sigset_t stopSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kStopSignals) sigaddset(&set, number);
  return set;
}

}  // namespace

void holdStopSignals() {
  const sigset_t set = stopSignals();
  check(sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
}

// Ignoring a signal discards it if it is pending, even a blocked one (signal(7)).
void dropStopSignals() {
  for (const int number : kStopSignals) {
    signal(number, SIG_IGN);
    signal(number, SIG_DFL);
  }
}

StopSignals::StopSignals(std::function<void()> told) : told_(std::move(told)) {
  const sigset_t set = stopSignals();
  signals_ = Fd(check(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

void StopSignals::ready(uint32_t) {
  signalfd_siginfo told{};
  bool any = false;
  while (read(signals_.get(), &told, sizeof told) == sizeof told) any = true;
  if (any) told_();
}

}  // namespace tslxc
