#include "native/base/label.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <sstream>
#include <string_view>

#include "native/base/file.h"
#include "native/base/syscall.h"
#include "native/base/xattr.h"

namespace tslxc {
namespace {

// LSM_ID_* of linux/lsm.h, which older headers lack; they begin at 100.
constexpr uint64_t kFirstModule = 100;
constexpr std::array<const char*, 14> kModules = {
    "capability", "selinux",  "smack", "tomoyo",   "apparmor", "yama", "loadpin",
    "safesetid",  "lockdown", "bpf",   "landlock", "ima",      "evm",  "ipe"};

std::string moduleName(uint64_t id) {
  if (id >= kFirstModule && id - kFirstModule < kModules.size()) return kModules[id - kFirstModule];
  return "lsm" + std::to_string(id);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

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

std::vector<std::string> securityModules() {
  constexpr long kListModules = 461;  // SYS_lsm_list_modules, the same on every architecture
  std::array<uint64_t, 64> ids{};
  uint32_t size = sizeof ids;
  const long count = syscall(kListModules, ids.data(), &size, 0);
  if (count == -1 && errno == ENOSYS) {
    return split(trimmed(readFile("/sys/kernel/security/lsm")), ',');
  }
  check(count, "lsm_list_modules");
  std::vector<std::string> names;
  for (size_t index = 0; index < static_cast<size_t>(count); ++index) {
    names.push_back(moduleName(ids[index]));
  }
  return names;
}

std::optional<std::string> fileLabel(int fd, LabelModule module) {
  const std::optional<std::string> label = getXattrIfKept(fd, attributeOf(module));
  if (!label) return std::nullopt;
  return trimmed(*label);
}

void setFileLabel(int fd, LabelModule module, const std::string& label) {
  // libselinux writes the NUL too (setfilecon(3)); Smack takes the text alone.
  const size_t size = label.size() + (module == LabelModule::selinux ? 1 : 0);
  setXattr(fd, attributeOf(module), std::string_view(label.c_str(), size));
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
