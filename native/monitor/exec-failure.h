// Finds out why execve(2) of a program failed, since its errno alone does not tell: ENOENT, for
// example, means that the program, a script's interpreter or the ELF interpreter is missing.
#pragma once

#include <string>

#include "native/base/messages.generated.h"

namespace tslxc {

struct ExecFailure {
  ExecReason reason = ExecReason::kOther;
  std::string subject;  // the program, its interpreter, or the mount point that forbids it
};

// `error` is execve's errno for `program`, a path in this process's root.
ExecFailure explainExecFailure(const std::string& program, int error);

}  // namespace tslxc
