// How much unused memory glibc's allocator keeps, in the process as a whole: mallopt(3),
// malloc_trim(3).
#pragma once

#include <cstdint>

namespace tslxc {

struct AllocatorLimits {
  int arenas;         // M_ARENA_MAX
  int trimThreshold;  // M_TRIM_THRESHOLD: bytes at the end of the heap
};

// Throws EINVAL for a number that is not positive, which glibc would ignore or misunderstand.
void limitAllocator(const AllocatorLimits& limits);

// Returns free pages to the system, except for `keep` bytes at the end of the heap; true if there
// were any. Throws EINVAL for a negative number.
bool trimAllocator(int64_t keep);

}  // namespace tslxc
