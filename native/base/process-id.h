// Numbers of processes as the mounted /proc has them: those of its PID namespace, which for a
// process in a namespace of its own are not what getpid(2) and its like say.
#pragma once

#include <sys/types.h>

namespace tslxc {

// Of this process. Throws SyscallError{readlink} where no /proc is mounted.
pid_t hostProcessId();

// Of a process that has this number here. Throws SyscallError; ESRCH when there is none.
pid_t hostProcessId(pid_t pid);

}  // namespace tslxc
