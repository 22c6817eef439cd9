// What stage 0 and the caller that spawns it agree on: descriptors by number, and exit codes.
#pragma once

#include "native/base/messages.generated.h"

namespace tslxc {

inline constexpr int kChannel = 3;
// Between them is the monitor's own: stage 0 is spawned without it.
static_assert(kNetworkDescriptor == 4);
inline constexpr int kLeafCgroup = 5;
// In a restart it is the socket on which the monitor is answered.
inline constexpr int kAnswers = kLeafCgroup;
// Passed descriptors follow from here on.
inline constexpr int kFirstPassedDescriptor = 6;

// Stage 0 exits with 0, with the errno that its clone3(2) failed with, or with this: no errno.
inline constexpr int kCallerGone = 255;

}  // namespace tslxc
