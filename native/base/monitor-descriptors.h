// What stage 0 and the caller that spawns it agree on: descriptors by number, and exit codes.
#pragma once

#include "native/base/messages.generated.h"

namespace tslxc {

inline constexpr int kChannel = 3;
// The number in between is for the monitor itself: stage 0 is spawned without it.
static_assert(kNetworkDescriptor == 4);
inline constexpr int kLeafCgroup = 5;
// In a restart the same number is the socket for the answers to the monitor.
inline constexpr int kAnswers = kLeafCgroup;
// Passed descriptors follow from here on.
inline constexpr int kFirstPassedDescriptor = 6;

// Stage 0 exits with 0, with the errno that its clone3(2) failed with, or with this, which is none.
inline constexpr int kCallerGone = 255;

}  // namespace tslxc
