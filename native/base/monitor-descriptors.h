// What stage 0 and the caller that spawns it agree on: descriptors by number, and exit codes.
#pragma once

namespace tslxc {

inline constexpr int kChannel = 3;
inline constexpr int kUnused = 4;
inline constexpr int kLeafCgroup = 5;
// Passed descriptors follow from here on.
inline constexpr int kFirstPassedDescriptor = 6;

// Stage 0 exits with 0, with the errno that its clone3(2) failed with, or with this: no errno.
inline constexpr int kCallerGone = 255;

}  // namespace tslxc
