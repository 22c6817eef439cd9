// Finds out why execve(2) of a program failed, since the kernel says ENOENT for four different
// things.
#pragma once

#include <string>

#include "native/base/messages.generated.h"

namespace tslxc {

struct ExecFailure {
  ExecReason reason = ExecReason::kOther;
  std::string subject;  // the program, its interpreter, or the mount point that forbids it
};

// `error` is execve's errno for `program`, a path in this process' root.
ExecFailure explainExecFailure(const std::string& program, int error);

}  // namespace tslxc
