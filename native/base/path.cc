#include "native/base/path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>

#include "native/base/kernel-names.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// openat2 with ".." answers EAGAIN while anything is renamed on the host.
constexpr int kAttempts = 256;

constexpr uint64_t kInRoot = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

int tryOpen(int root, const std::string& path, int flags, uint64_t resolve = kInRoot) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve;
  for (int attempt = 0;; ++attempt) {
    const long fd = syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if ((errno != EAGAIN && errno != EINTR) || attempt == kAttempts) return -1;
  }
}

int tryOpenOnSameMount(int directory, const std::string& name, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS;
  const long fd =
      retry([&] { return syscall(SYS_openat2, directory, name.c_str(), &how, sizeof how); });
  return static_cast<int>(fd);
}

void makeEntry(int parent, const std::string& name, EntryKind kind, const std::string& path) {
  if (kind == EntryKind::directory) {
    if (mkdirat(parent, name.c_str(), 0755) == -1 && errno != EEXIST) check(-1, "mkdirat", path);
    return;
  }
  constexpr int kFlags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
  const Fd file(openat(parent, name.c_str(), kFlags, 0644));
  if (!file.valid() && errno != EEXIST) check(-1, "openat", path);
}

}  // namespace

Fd openInRoot(int root, const std::string& path, int flags) {
  return Fd(check(tryOpen(root, path, flags), "openat2", path));
}

Fd openInRootIfThere(int root, const std::string& path, int flags) {
  const int fd = tryOpen(root, path, flags);
  if (fd < 0 && errno != ENOENT) check(-1, "openat2", path);
  return Fd(fd);
}

Fd openInFilesystem(int root, const std::string& path, int flags) {
  constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
  return Fd(check(tryOpen(root, path, flags, kResolve), "openat2", path));
}

Fd openOnSameMount(int directory, const std::string& name, int flags) {
  return Fd(check(tryOpenOnSameMount(directory, name, flags), "openat2", name));
}

Fd openEntryOfMount(int directory, const std::string& name) {
  const int fd = tryOpenOnSameMount(directory, name, O_PATH | O_NOFOLLOW);
  if (fd < 0 && errno != ENOENT && errno != EXDEV) check(-1, "openat2", name);
  return Fd(fd);
}

Entry entryInRoot(int root, const std::string& path) {
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/') trimmed.pop_back();
  const size_t slash = trimmed.rfind('/');
  if (slash == std::string::npos) return {Fd(), root, trimmed};
  Fd parent = openInRoot(root, trimmed.substr(0, slash + 1), O_PATH | O_DIRECTORY);
  const int descriptor = parent.get();
  return {std::move(parent), descriptor, trimmed.substr(slash + 1)};
}

Fd openOrMakeInRoot(int root, const std::string& path, EntryKind kind) {
  if (Fd there = openInRootIfThere(root, path, O_PATH); there.valid()) return there;
  for (size_t slash = path.find('/', 1); slash != std::string::npos && slash + 1 < path.size();
       slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (openInRootIfThere(root, parent, O_PATH | O_DIRECTORY).valid()) continue;
    const Entry entry = entryInRoot(root, parent);
    makeEntry(entry.parent, entry.name, EntryKind::directory, parent);
  }
  const Entry entry = entryInRoot(root, path);
  makeEntry(entry.parent, entry.name, kind, path);
  return openInRoot(root, path, O_PATH);
}

}  // namespace tslxc
