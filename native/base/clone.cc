#include "native/base/clone.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// As large as the largest page that a kernel uses.
constexpr size_t kGuard = 64 << 10;
constexpr size_t kStack = 128 << 10;

}  // namespace

Child cloneProcess(uint64_t flags, int cgroup) {
  int pidfd = -1;
  clone_args args{};
  args.flags = flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  // With CLONE_PARENT it is that of the caller (clone(2)).
  args.exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
  if (cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(cgroup);
  }
  const long pid = check(syscall(SYS_clone3, &args, sizeof args), "clone3");
  return {static_cast<pid_t>(pid), Fd(pid == 0 ? -1 : pidfd)};
}

Stack::Stack() {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK;
  void* const mapping = mmap(nullptr, kGuard + kStack, PROT_NONE, kFlags, -1, 0);
  check(reinterpret_cast<intptr_t>(mapping), "mmap", "a stack");
  mapping_ = static_cast<std::byte*>(mapping);
  if (mprotect(mapping_ + kGuard, kStack, PROT_READ | PROT_WRITE) == 0) return;
  const int error = errno;
  munmap(mapping_, kGuard + kStack);
  throw SyscallError{error, "mprotect", "a stack"};
}

Stack::~Stack() { munmap(mapping_, kGuard + kStack); }

std::byte* Stack::top() const { return mapping_ + kGuard + kStack; }

// By libc's clone(2), which knows how a process begins on another stack on each architecture.
Child cloneGuest(const Guest& guest) {
  int pidfd = -1;
  const int flags = guest.flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  const pid_t pid =
      check(clone(guest.body, guest.stack.top(), flags, guest.argument, &pidfd), "clone");
  return {pid, Fd(pidfd)};
}

}  // namespace tslxc
