// Names of the kernel that the headers of an older glibc lack: the prebuilt code of the package is
// built with glibc 2.31. The numbers are the same on all architectures that Node.js supports.
#pragma once

#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

namespace tslxc {

// P_PIDFD of waitid(2), which is no macro.
constexpr auto kPidfd = static_cast<idtype_t>(3);

}  // namespace tslxc
