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
  // The path without links, as getcwd(3) would tell it.
  std::string realPath;
};

// The path is resolved below `root` as in the container, unless that is "". Nothing where a file
// system would have to be asked, or where the kernel can't tell. Throws SyscallError{openat2} for
// what the caches know not to be there.
std::optional<Glance> glance(const std::string& root, const std::string& path);

}  // namespace tslxc
