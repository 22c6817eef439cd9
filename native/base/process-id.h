// Numbers of processes as the mounted /proc has them: those of its PID namespace, which for a
// process in a namespace of its own are not what getpid(2) and its like say.
#pragma once

#include <sys/types.h>

#include "native/base/fd.h"

namespace tslxc {

// Of this process. Throws SyscallError{readlink} where no /proc is mounted.
pid_t hostProcessId();

// Of a process that has this number here. Throws SyscallError; ESRCH when there is none.
pid_t hostProcessId(pid_t pid);

// Of the process of a pidfd; ESRCH when it has gone.
pid_t processOf(int pidfd);

// Whether the process of a pidfd has begun to end, or has gone. From then on the kernel takes its
// files and namespaces away one by one, long before the pidfd becomes readable (do_exit() in
// kernel/exit.c).
bool isEnding(int pidfd);

// Whether the process of a pidfd has executed a program since it was made, or is doing so and has
// its new memory already; of one that has gone ESRCH or ENOENT.
bool hasExecuted(int pidfd);

// The root directory of the process of a pidfd, as O_PATH. The file system that it lies on may make
// it wait for as long as it likes. Throws SyscallError; ESRCH when the process has gone.
Fd openRootOf(int pidfd);

}  // namespace tslxc
