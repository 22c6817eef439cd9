// The command's own process, until it becomes the user's program.
#pragma once

#include "native/plan/decode.h"

namespace tslxc {

// Never returns: ends in execve, or reports what failed and exits.
[[noreturn]] void runCommand(const CommandPlan& plan, int reports) noexcept;

}  // namespace tslxc
