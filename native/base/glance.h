// What the kernel holds in its caches about a path, without waiting for a file system: openat2(2)
// with RESOLVE_CACHED (since Linux 5.12) and statx(2) with AT_STATX_DONT_SYNC.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

namespace tslxc {

struct Glance {
  struct statx state;
  // The path without symbolic links, as getcwd(3) would return it.
  std::string realPath;
};

// Looks `path` up, as in a container with the root `root` unless that is "". Nothing if a file
// system would have to be asked, or if the kernel can't tell. Throws SyscallError{openat2} if the
// caches know that the path does not exist.
std::optional<Glance> glance(const std::string& root, const std::string& path);

}  // namespace tslxc
