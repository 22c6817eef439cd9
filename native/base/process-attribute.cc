#include "native/base/process-attribute.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <array>

#include "native/base/fd.h"
#include "native/base/kernel-names.h"
#include "native/base/path.h"
#include "native/base/process-id.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr const char* kProc = "/proc";

std::string absolute(const std::string& path) { return std::string(kProc) + "/" + path; }

// `thread-self` is a link within /proc; anything that leads to another mount is refused.
Fd openInProc(const std::string& path, int flags) {
  const Fd proc(check(open(kProc, O_PATH | O_DIRECTORY | O_CLOEXEC), "open", kProc));
  struct statfs facts{};
  check(fstatfs(proc.get(), &facts), "fstatfs", kProc);
  if (facts.f_type != PROC_SUPER_MAGIC) throw SyscallError{ENOTSUP, "fstatfs", kProc};
  try {
    return openInFilesystem(proc.get(), path, flags);
  } catch (SyscallError& cause) {
    cause.subject = absolute(path);
    throw;
  }
}

}  // namespace

void setProcessAttribute(const std::string& attribute, std::string_view text) {
  const std::string path = "thread-self/attr/" + attribute;
  const Fd file = openInProc(path, O_WRONLY);
  const ssize_t written = check(retry([&] { return write(file.get(), text.data(), text.size()); }),
                                "write", absolute(path));
  if (written != static_cast<ssize_t>(text.size()))
    throw SyscallError{EIO, "write", absolute(path)};
}

void awaitCredentials(int pidfd) {
  constexpr timespec kPause{0, 100'000};
  constexpr int kTries = 20'000;
  for (int i = 0; i < kTries && !hasExecuted(pidfd) && !isEnding(pidfd); ++i) {
    nanosleep(&kPause, nullptr);
  }
  // From installing the new memory to the new credentials, execve holds a lock (exec_update_lock,
  // since Linux 5.7), which pidfd_getfd(2) takes before it looks whether the descriptor exists.
  constexpr int kNoDescriptor = -1;
  retry([&] { return syscall(SYS_pidfd_getfd, pidfd, kNoDescriptor, 0); });
}

std::string processAttribute(int pidfd, const std::string& attribute) {
  const std::string path = std::to_string(processOf(pidfd)) + "/attr/" + attribute;
  const Fd file = openInProc(path, O_RDONLY);
  std::array<char, 4096> bytes{};
  const ssize_t size = check(retry([&] { return read(file.get(), bytes.data(), bytes.size()); }),
                             "read", absolute(path));
  // Throws ESRCH if the pid may have been another process's meanwhile.
  processOf(pidfd);
  std::string label(bytes.data(), static_cast<size_t>(size));
  while (!label.empty() && (label.back() == '\0' || label.back() == '\n')) label.pop_back();
  return label;
}

}  // namespace tslxc
