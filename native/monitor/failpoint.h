// Places where a test kills or stops a process (lib/container/monitor/failpoints.ts), armed by the
// plan.
#pragma once

#include <sys/types.h>

#include "native/base/messages.generated.h"

namespace tslxc {

struct Failpoints {
  Failpoint armed = Failpoint::kNone;
  FailAction action = FailAction::kNone;
  pid_t controller = 0;
  pid_t monitor = 0;          // 0 in the monitor itself
  mutable unsigned left = 1;  // it acts when it is reached for the `left`th time

  void reach(Failpoint point) const {
    if (point == armed && --left == 0) act();
  }

 private:
  void act() const;
};

}  // namespace tslxc
