#include "native/base/label.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "native/base/fd.h"
#include "native/base/syscall.h"
#include "native/base/xattr.h"

namespace tslxc {
namespace {

std::string attributeOf(LabelModule module) {
  switch (module) {
    case LabelModule::selinux:
      return "security.selinux";
    case LabelModule::smack:
      return "security.SMACK64";
    default:
      return "security.apparmor";
  }
}

// SELinux stores the NUL, /proc has a line end.
std::string trimmed(std::string label) {
  while (!label.empty() && (label.back() == '\0' || label.back() == '\n')) label.pop_back();
  return label;
}

}  // namespace

std::optional<std::string> fileLabel(int fd, LabelModule module) {
  const std::optional<std::string> label = getXattrIfKept(fd, attributeOf(module));
  if (!label) return std::nullopt;
  return trimmed(*label);
}

std::optional<std::string> processLabel(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const std::string path = process + "/attr/current";
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    const int error = errno;
    // A kernel that is built without security modules has no such file.
    if (error == ENOENT && access(process.c_str(), F_OK) == 0) return std::nullopt;
    throw SyscallError{error, "open", path};
  }
  std::array<char, 4096> text{};
  const ssize_t size = read(file.get(), text.data(), text.size());
  if (size == -1 && errno == EINVAL) return std::nullopt;
  check(size, "read", path);
  return trimmed(std::string(text.data(), static_cast<size_t>(size)));
}

}  // namespace tslxc
