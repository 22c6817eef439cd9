// Stage 0: what the caller spawns and waits for. It clones the monitor proper into its cgroup and
// ends, so that the monitor is nobody's child to reap but the system's (the classic double fork).
#pragma once

namespace tslxc {

// Descriptors by number, as the caller's job lays them out; passed ones follow from kFirstPassed
// on.
inline constexpr int kChannel = 3;
inline constexpr int kLeafCgroup = 5;
inline constexpr int kFirstPassedDescriptor = 6;

// Returns in the monitor; stage 0 itself exits, 0 on success. `passed` is the number of passed
// descriptors.
void becomeMonitor(int passed);

}  // namespace tslxc
