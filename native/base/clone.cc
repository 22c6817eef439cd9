#include "native/base/clone.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {

Child cloneProcess(uint64_t flags, int cgroup) {
  int pidfd = -1;
  clone_args args{};
  args.flags = flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  // A sibling's is that of the caller: clone(2), CLONE_PARENT.
  args.exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(cgroup);
  }
  const long pid = check(syscall(SYS_clone3, &args, sizeof args), "clone3");
  return {static_cast<pid_t>(pid), Fd(pid == 0 ? -1 : pidfd)};
}

}  // namespace tslxc
