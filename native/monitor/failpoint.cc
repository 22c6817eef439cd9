#include "native/monitor/failpoint.h"

#include <signal.h>
#include <unistd.h>

namespace tslxc {

void Failpoints::act() const {
  constexpr useconds_t kDeliveryTime = 20'000;
  // Nobody can signal out of a PID namespace: at init's points the test does it meanwhile.
  constexpr useconds_t kOutsideTime = 1'000'000;
  const bool kills = action == FailAction::kKillController || action == FailAction::kKillMonitor;
  if (kills && getpid() == 1) {
    usleep(kOutsideTime);
    return;
  }
  switch (action) {
    case FailAction::kNone:
      return;
    case FailAction::kKillSelf:
      // By tgkill's wrapper: the first process of a PID namespace is immune to its own SIGKILL.
      raise(SIGKILL);
      _exit(137);
    case FailAction::kStopSelf:
      raise(SIGSTOP);
      for (;;) pause();  // the first process of a PID namespace is immune to its own SIGSTOP too
    case FailAction::kKillController:
      kill(controller, SIGKILL);
      break;
    case FailAction::kKillMonitor:
      kill(monitor == 0 ? getpid() : monitor, SIGKILL);
      break;
  }
  usleep(kDeliveryTime);
}

}  // namespace tslxc
