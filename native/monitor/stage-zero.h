// Stage 0: what the caller spawns and waits for. It clones the process proper into its cgroup and
// ends, so that the system's init reaps this one (the classic double fork).
#pragma once

#include "native/base/monitor-descriptors.h"

namespace tslxc {

// Both return in the new process; stage 0 itself exits. `passed` is the number of passed
// descriptors.

// The caller hears the monitor's pid on the channel.
void becomeMonitor(int passed);

// The keeper is the first process of a PID namespace: whatever ends it ends all that it has
// started, by the kernel (pid_namespaces(7)). The parent-death signal would not do: a program that
// changes its user loses it.
void becomeKeeper(int passed);

}  // namespace tslxc
