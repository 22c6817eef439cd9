#include "native/base/namespaces.h"

#include <fcntl.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

void writeMap(const std::string& path, const std::string& lines) {
  const Fd file(check(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
  const ssize_t written = check(write(file.get(), lines.data(), lines.size()), "write", path);
  if (written != static_cast<ssize_t>(lines.size())) throw SyscallError{EIO, "write", path};
}

std::string folder(pid_t pid) { return "/proc/" + std::to_string(pid); }

Fd openNamespace(pid_t pid, const char* name) {
  const std::string path = folder(pid) + "/ns/" + name;
  return Fd(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
}

}  // namespace

void mapIds(pid_t pid, const std::string& uidMap, const std::string& gidMap) {
  writeMap(folder(pid) + "/uid_map", uidMap);
  writeMap(folder(pid) + "/gid_map", gidMap);
}

Fd openUserNamespace(pid_t pid) { return openNamespace(pid, "user"); }

Fd openNetworkNamespace(pid_t pid) { return openNamespace(pid, "net"); }

}  // namespace tslxc
