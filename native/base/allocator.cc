#include "native/base/allocator.h"

#include <malloc.h>

#include <cerrno>
#include <cstddef>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// mallopt(3) does not set errno.
void setOption(int option, int value) {
  if (mallopt(option, value) == 0) throw SyscallError{EINVAL, "mallopt", {}};
}

}  // namespace

void limitAllocator(const AllocatorLimits& limits) {
  if (limits.arenas <= 0 || limits.trimThreshold <= 0) throw SyscallError{EINVAL, "mallopt", {}};
  setOption(M_ARENA_MAX, limits.arenas);
  setOption(M_TRIM_THRESHOLD, limits.trimThreshold);
}

bool trimAllocator(int64_t keep) {
  if (keep < 0) throw SyscallError{EINVAL, "malloc_trim", {}};
  return malloc_trim(static_cast<size_t>(keep)) != 0;
}

}  // namespace tslxc
