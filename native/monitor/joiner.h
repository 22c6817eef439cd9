// Takes a command into a running container. Everything is done outside the container's PID
// namespace, where nothing inside can see or trace it: the first process that appears inside
// already has init's confinement, and holds nothing of the host.
#pragma once

#include <vector>

#include "native/base/fd.h"
#include "native/plan/decode.h"

namespace tslxc {

struct JoinerContext {
  const CommandPlan& plan;
  Fd reports;  // SEQPACKET, by which the joiner, the guardian and the command report
  Fd orders;   // from the attendant to the guardian: a pipe, which identifies no process
  Fd init;     // pidfd
  // Standard input, output and error, or the one terminal.
  std::vector<Fd> streams;
};

// For a single-threaded process that was cloned into the container's v2 cgroup. Never returns.
[[noreturn]] void runJoiner(JoinerContext context) noexcept;

}  // namespace tslxc
