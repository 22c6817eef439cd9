// Stage 0: what the caller spawns and waits for. It clones the process proper into its cgroup and
// ends, so that the system's init will reap the clone (the classic double fork).
#pragma once

#include "native/base/monitor-descriptors.h"

namespace tslxc {

// Both return in the new process; stage 0 itself exits. `passed` is the number of passed
// descriptors.

// Stage 0 tells the caller the monitor's pid on the channel.
void becomeMonitor(int passed);

// The keeper is the first process of a PID namespace: when it ends, for whatever reason, the kernel
// kills all that it has started (pid_namespaces(7)). The parent-death signal would not do: a
// program that changes its user loses it.
void becomeKeeper(int passed);

}  // namespace tslxc
