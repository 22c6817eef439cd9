// The only process of tslxc that stays inside with a command: the command's parent, and the new
// parent of whatever the command and its children leave behind (PR_SET_CHILD_SUBREAPER), however
// often they fork and start sessions. So everything that a command has started can be found, below
// the guardian, until the command has ended.
#pragma once

#include "native/plan/decode.h"

namespace tslxc {

// In the container, confined like its init. `reports` is a SEQPACKET socket whose other end is the
// attendant's, `orders` a pipe that the attendant writes to. Never returns.
[[noreturn]] void runGuardian(const CommandPlan& plan, int reports, int orders) noexcept;

}  // namespace tslxc
