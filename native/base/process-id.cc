#include "native/base/process-id.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {

pid_t hostProcessId() {
  char text[16] = {};
  check(readlink("/proc/self", text, sizeof text - 1), "readlink", "/proc/self");
  return static_cast<pid_t>(std::atol(text));
}

// The file about a pidfd names the process in the namespace of that /proc (proc_pid_fdinfo(5)).
pid_t hostProcessId(pid_t pid) {
  const Fd pidfd(static_cast<int>(check(syscall(SYS_pidfd_open, pid, 0), "pidfd_open")));
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd.get());
  const Fd file(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
  char text[512] = {};
  check(read(file.get(), text, sizeof text - 1), "read", path);
  constexpr const char kField[] = "\nPid:";
  const char* const field = std::strstr(text, kField);
  const long number = field == nullptr ? -1 : std::atol(field + sizeof kField - 1);
  if (number <= 0) throw SyscallError{ESRCH, "read", path};
  return static_cast<pid_t>(number);
}

}  // namespace tslxc
