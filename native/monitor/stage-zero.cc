#include "native/monitor/stage-zero.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "native/base/clone.h"
#include "native/base/kernel-names.h"
#include "native/base/message.h"

namespace tslxc {
namespace {

void closeOnExec(int fd) { fcntl(fd, F_SETFD, FD_CLOEXEC); }

// `tell` is called in stage 0 with the pid of the clone; it returns false if the receiver is gone.
template <typename Tell>
void leaveStageZero(int passed, uint64_t namespaces, Tell tell) {
  const int past = kFirstPassedDescriptor + passed;
  syscall(SYS_close_range, past, ~0U, 0);
  dup2(STDIN_FILENO, kNetworkDescriptor);  // taken, so that nothing else gets the number
  const int leaf = fcntl(kLeafCgroup, F_GETFD) >= 0 ? kLeafCgroup : -1;
  try {
    const Child child = cloneProcess(namespaces, leaf);
    if (child.pid != 0) _exit(tell(child.pid) ? 0 : kCallerGone);
  } catch (const SyscallError& cause) {
    _exit(cause.error);
  }
  setsid();
  if (leaf >= 0) close(leaf);
  for (int fd = kChannel; fd < past; ++fd) closeOnExec(fd);
}

}  // namespace

void becomeMonitor(int passed) {
  leaveStageZero(passed, 0, [](pid_t monitor) {
    return sendFrame(kChannel, SpawnedMessage{static_cast<uint32_t>(monitor)});
  });
}

void becomeKeeper(int passed) {
  leaveStageZero(passed, CLONE_NEWPID, [](pid_t) { return true; });
}

}  // namespace tslxc
