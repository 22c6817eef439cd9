// The credentials of a process that executes a program are looked at only when it has them. Root
// without capabilities regains them at an execve(2), which the closing of many descriptors draws
// out between the new memory and the new credentials. Prints how often a look without the wait saw
// the old ones, and of how many.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "native/base/process-attribute.h"
#include "native/base/syscall.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

constexpr int kTries = 20;

// A record lock: held by the one process, and gone at once when that closes the file.
void lockWith(int file, int command) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  check(fcntl(file, command, &whole), "fcntl");
}

bool hasCapabilities(pid_t pid) {
  const std::string status = contentOf("/proc/" + std::to_string(pid) + "/status");
  return status.find("CapEff:\t0000000000000000") == std::string::npos;
}

[[noreturn]] void execute(int file, int ready) {
  const rlimit limit = [] {
    rlimit found{};
    check(getrlimit(RLIMIT_NOFILE, &found), "getrlimit");
    return rlimit{found.rlim_max, found.rlim_max};
  }();
  check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
  lockWith(file, F_SETLK);
  check(write(ready, "", 1), "write");
  while (fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) != -1) {
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  check(syscall(SYS_capset, &header, none), "capset");
  execl("/bin/sleep", "sleep", "100", nullptr);
  _exit(1);
}

// Whether a process has its new credentials when it has closed a descriptor for its new program.
bool looksInTime(bool waits) {
  const int file = check(open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), "open");
  std::array<int, 2> ready{};
  check(pipe2(ready.data(), O_CLOEXEC), "pipe2");
  int pidfd = -1;
  clone_args args{};
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(check(syscall(SYS_clone3, &args, sizeof args), "clone3"));
  if (pid == 0) execute(file, ready[1]);
  char byte = 0;
  check(read(ready[0], &byte, 1), "read");
  lockWith(file, F_SETLKW);
  if (waits) awaitCredentials(pidfd);
  const bool has = hasCapabilities(pid);
  check(kill(pid, SIGKILL), "kill");
  check(waitpid(pid, nullptr, 0), "waitpid");
  for (const int descriptor : {file, ready[0], ready[1], pidfd}) close(descriptor);
  return has;
}

}  // namespace
}  // namespace tslxc::test

int main() {
  using namespace tslxc::test;
  int early = 0;
  for (int i = 0; i < kTries; ++i) {
    if (!looksInTime(false)) ++early;
    assert(looksInTime(true));
  }
  std::printf("%d of %d\n", early, kTries);
}
