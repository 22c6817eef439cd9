// Stage 0: what the caller spawns and waits for. It clones the monitor proper into its cgroup and
// ends, so that the monitor is nobody's child to reap but the system's (the classic double fork).
#pragma once

#include "native/base/monitor-descriptors.h"

namespace tslxc {

// Returns in the monitor; stage 0 itself exits. `passed` is the number of passed
// descriptors.
void becomeMonitor(int passed);

}  // namespace tslxc
