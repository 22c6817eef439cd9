// Pids as the mounted /proc has them: those of its PID namespace, which for a process in a PID
// namespace of its own are not what getpid(2) and the like return.
#pragma once

#include <sys/types.h>

#include "native/base/fd.h"

namespace tslxc {

// The pid of this process. Throws SyscallError{readlink} where no /proc is mounted.
pid_t hostProcessId();

// The pid of the process that has this pid here. Throws SyscallError; ESRCH when there is none.
pid_t hostProcessId(pid_t pid);

// The pid of a pidfd's process. Throws SyscallError; ESRCH when it is gone, EBADF when that is no
// pidfd.
pid_t processOf(int pidfd);

// Whether a pidfd's process has begun to end, or is gone. From then on the kernel releases its
// files and namespaces one by one, long before the pidfd becomes readable (do_exit() in
// kernel/exit.c). Throws SyscallError when that can't be found out.
bool isEnding(int pidfd);

// Whether a pidfd's process has executed a program since it was cloned, or is doing so and already
// has its new memory. Throws SyscallError; ESRCH or ENOENT when it is gone.
bool hasExecuted(int pidfd);

// Whether a pidfd's process has begun to end, and never executed a program. False when it is gone.
// Throws SyscallError when that can't be found out.
bool endsUnexecuted(int pidfd);

// The root directory of a pidfd's process, as O_PATH. The file system of that directory may make
// this wait for as long as it likes. Throws SyscallError; ESRCH when the process is gone.
Fd openRootOf(int pidfd);

}  // namespace tslxc
