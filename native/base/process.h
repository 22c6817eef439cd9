// Processes by pidfd (pidfd_open(2), Linux 5.3), which can't come to mean another process.
#pragma once

#include <sys/types.h>

#include "native/base/fd.h"
#include "native/base/interruption.h"

namespace tslxc {

Fd openPidfd(pid_t pid);
void signalPidfd(int pidfd, int signal);
// Waits until the process has ended (it may still be a zombie); false after `milliseconds`, -1 is
// for ever. EINTR when it is interrupted.
bool waitPidfd(int pidfd, int milliseconds, const Interruption& interruption);

}  // namespace tslxc
