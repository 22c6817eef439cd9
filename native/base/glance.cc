#include "native/base/glance.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "native/base/fd.h"
#include "native/base/kernel-names.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr unsigned kWanted = STATX_BASIC_STATS | STATX_MNT_ID;

// Errors that mean that the caches don't hold the answer, or that the kernel can't look there.
bool isUnknown(int error) {
  return error == EAGAIN || error == EINVAL || error == ENOSYS || error == EPERM;
}

// The kernel also gives up when anything is mounted or renamed at that moment, anywhere.
constexpr int kAttempts = 4;

// An invalid Fd if the caches don't tell.
Fd openCached(int root, const std::string& path, uint64_t flags, uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_PATH | O_CLOEXEC;
  how.resolve = resolve | RESOLVE_CACHED;
  long fd = -1;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    fd = retry([&] { return syscall(SYS_openat2, root, path.c_str(), &how, sizeof how); });
    if (fd != -1 || errno != EAGAIN) break;
  }
  if (fd == -1 && isUnknown(errno)) return Fd();
  return Fd(static_cast<int>(check(fd, "openat2", path)));
}

Fd openCached(const std::string& root, const std::string& path) {
  if (root.empty()) return openCached(AT_FDCWD, path, 0, 0);
  const Fd folder = openCached(AT_FDCWD, root, O_DIRECTORY, 0);
  if (!folder.valid()) return Fd();
  return openCached(folder.get(), path, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

// Empty if the file has no path in this process's root.
std::string realPathOf(int fd) {
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  std::array<char, PATH_MAX> text;
  const ssize_t size = readlink(link.c_str(), text.data(), text.size());
  if (size <= 0 || static_cast<size_t>(size) == text.size() || text[0] != '/') return {};
  return {text.data(), static_cast<size_t>(size)};
}

}  // namespace

std::optional<Glance> glance(const std::string& root, const std::string& path) {
  const Fd file = openCached(root, path);
  if (!file.valid()) return {};
  Glance seen{};
  constexpr int kFlags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
  if (statx(file.get(), "", kFlags, kWanted, &seen.state) == -1) return {};
  if ((seen.state.stx_mask & kWanted) != kWanted || seen.state.stx_nlink == 0) return {};
  seen.realPath = realPathOf(file.get());
  if (seen.realPath.empty()) return {};
  return seen;
}

}  // namespace tslxc
