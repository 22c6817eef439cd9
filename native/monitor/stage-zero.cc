#include "native/monitor/stage-zero.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/clone.h"
#include "native/base/message.h"

namespace tslxc {
namespace {

void closeOnExec(int fd) { fcntl(fd, F_SETFD, FD_CLOEXEC); }

}  // namespace

void becomeMonitor(int passed) {
  const int past = kFirstPassedDescriptor + passed;
  syscall(SYS_close_range, past, ~0U, 0);
  close(kUnused);
  const int leaf = fcntl(kLeafCgroup, F_GETFD) >= 0 ? kLeafCgroup : -1;
  try {
    const Child monitor = cloneProcess(0, leaf);
    if (monitor.pid != 0) {
      const bool told = sendFrame(kChannel, SpawnedMessage{static_cast<uint32_t>(monitor.pid)});
      _exit(told ? 0 : kCallerGone);
    }
  } catch (const SyscallError& cause) {
    _exit(cause.error);
  }
  setsid();
  if (leaf >= 0) close(leaf);
  for (int fd = kChannel; fd < past; ++fd) closeOnExec(fd);
}

}  // namespace tslxc
