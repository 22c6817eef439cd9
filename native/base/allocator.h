// What glibc's allocator keeps of memory that nobody uses: mallopt(3), malloc_trim(3). It is the
// whole process's.
#pragma once

#include <cstdint>

namespace tslxc {

struct AllocatorLimits {
  int arenas;         // M_ARENA_MAX
  int trimThreshold;  // M_TRIM_THRESHOLD: bytes at the end of the heap
};

// Throws EINVAL for what is not above zero, which glibc takes for something else, or for nothing.
void limitAllocator(const AllocatorLimits& limits);

// Gives back each page that is free, but for `keep` bytes at the end of the heap; whether there was
// any. Throws EINVAL for a negative number.
bool trimAllocator(int64_t keep);

}  // namespace tslxc
