// Takes a command into a running container. Everything is done outside the container's PID
// namespace, where nothing inside can see or trace it: when the first process appears there, it has
// init's confinement already, and holds nothing of the host.
#pragma once

#include <vector>

#include "native/base/fd.h"
#include "native/plan/decode.h"

namespace tslxc {

struct JoinerContext {
  const CommandPlan& plan;
  Fd reports;  // SEQPACKET: of the joiner, the guardian and the command
  Fd orders;   // the attendant's to the guardian: a pipe, which names no process
  Fd init;     // pidfd
  // Standard input, output and error, or the one terminal.
  std::vector<Fd> streams;
};

// Of a single-threaded process that was cloned into the container's v2 cgroup. Never returns.
[[noreturn]] void runJoiner(JoinerContext context) noexcept;

}  // namespace tslxc
