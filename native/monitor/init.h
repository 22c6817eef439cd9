// The container's init until it becomes the user's: it waits, runs its part of the plan, and
// executes the user's program.
#pragma once

#include "native/base/fd.h"
#include "native/monitor/failpoint.h"
#include "native/plan/decode.h"
#include "native/plan/interpret.h"

namespace tslxc {

struct InitContext {
  const Plan& plan;
  Interpreter& interpreter;  // with the handles that the outside operations opened
  Fd monitor;                // SEQPACKET; closes at execve
  std::vector<Fd>& passed;   // become 3, 4, …
  const Failpoints& failpoints;
};

// Never returns: ends in execve, or reports what failed and exits.
[[noreturn]] void runInit(InitContext context) noexcept;

}  // namespace tslxc
