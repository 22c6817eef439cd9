// capabilities(7) of the calling process.
#pragma once

#include <cstdint>

namespace tslxc {

// The permitted set, one bit for each capability.
uint64_t permittedCapabilities();

// Takes everything that is not in `keep` out of the bounding set: no exec gives it back.
void limitBoundingSet(uint64_t keep);

// Takes everything that is not in `keep` out of the permitted and effective sets, and empties the
// inheritable and ambient ones, from which file capabilities could escalate.
// A program that is executed later as uid 0 may regain all of the bounding set.
void keepCapabilities(uint64_t keep);

}  // namespace tslxc
