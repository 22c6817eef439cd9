#include "native/base/process-id.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "native/base/syscall.h"

namespace tslxc {

pid_t hostProcessId() {
  char text[16] = {};
  check(readlink("/proc/self", text, sizeof text - 1), "readlink", "/proc/self");
  return static_cast<pid_t>(std::atol(text));
}

pid_t hostProcessId(pid_t pid) {
  const Fd pidfd(static_cast<int>(check(syscall(SYS_pidfd_open, pid, 0), "pidfd_open")));
  return processOf(pidfd.get());
}

namespace {

// linux/sched.h
constexpr unsigned kExiting = 0x4;      // PF_EXITING
constexpr unsigned kForkedOnly = 0x40;  // PF_FORKNOEXEC

// After the name, which may contain anything, come the state, five numbers and the flags
// (proc_pid_stat(5)). 0 if the line can't be parsed.
unsigned flagsOf(int pidfd) {
  const std::string path = "/proc/" + std::to_string(processOf(pidfd)) + "/stat";
  const Fd file(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
  char text[1024] = {};
  check(read(file.get(), text, sizeof text - 1), "read", path);
  const char* const name = std::strrchr(text, ')');
  unsigned flags = 0;
  constexpr const char kFields[] = ") %*c %*d %*d %*d %*d %*d %u";
  if (name == nullptr || std::sscanf(name, kFields, &flags) != 1) return 0;
  return flags;
}

}  // namespace

// The fdinfo of a pidfd has the pid in the PID namespace of that /proc (proc_pid_fdinfo(5)).
pid_t processOf(int pidfd) {
  constexpr long kReaped = -1;
  const std::string path = "/proc/self/fdinfo/" + std::to_string(pidfd);
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  // Says nothing of the process: there is no such descriptor, or no /proc.
  if (!file.valid() && errno == ENOENT) throw SyscallError{EBADF, "open", path};
  check(file.get(), "open", path);
  char text[512] = {};
  check(read(file.get(), text, sizeof text - 1), "read", path);
  constexpr const char kField[] = "\nPid:";
  const char* const field = std::strstr(text, kField);
  const long number = field == nullptr ? 0 : std::atol(field + sizeof kField - 1);
  if (number == kReaped) throw SyscallError{ESRCH, "read", path};
  // No pidfd, or one of a process that has no pid here.
  if (number <= 0) throw SyscallError{EBADF, "read", path};
  return static_cast<pid_t>(number);
}

bool isEnding(int pidfd) try {
  return (flagsOf(pidfd) & kExiting) != 0;
} catch (const SyscallError& cause) {
  if (cause.error == ESRCH || cause.error == ENOENT) return true;
  throw;
}

bool hasExecuted(int pidfd) { return (flagsOf(pidfd) & kForkedOnly) == 0; }

bool endsUnexecuted(int pidfd) try {
  constexpr unsigned kBoth = kExiting | kForkedOnly;
  return (flagsOf(pidfd) & kBoth) == kBoth;
} catch (const SyscallError& cause) {
  if (cause.error == ESRCH || cause.error == ENOENT) return false;
  throw;
}

Fd openRootOf(int pidfd) {
  const std::string path = "/proc/" + std::to_string(processOf(pidfd)) + "/root";
  Fd root(check(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open", path));
  // The pid has to be that process's still: otherwise the folder may be another's.
  check(syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0), "pidfd_send_signal", path);
  return root;
}

}  // namespace tslxc
