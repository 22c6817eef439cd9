// capabilities(7) of the calling process.
#pragma once

#include <cstdint>

namespace tslxc {

// The permitted set, a bit a capability.
uint64_t permittedCapabilities();

// Takes everything that is not in `keep` out of the bounding set: no exec gives it back.
void limitBoundingSet(uint64_t keep);

// Takes everything that is not in `keep` out of the permitted and effective sets, and empties the
// inheritable and ambient ones, from which file capabilities could escalate.
// What is executed later as uid 0 may have all of the bounding set again.
void keepCapabilities(uint64_t keep);

}  // namespace tslxc
