// The processes of cgroups and of all below them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tslxc {

// Signals all in the cgroup and below with SIGKILL, one by one, and thaws it (v1: a frozen process
// dies only then, and doesn't run before). True when there was nothing to signal, not even a
// process in a PID namespace that this one can't see.
bool killTree(int cgroup);

// Kills what is frozen in the cgroups of a hierarchy with a freezer of v1, and thaws it.
void killFrozenTree(int cgroup);

// The numbers of those in the cgroups and below, each once; at most `most`.
std::vector<pid_t> processesInCgroups(const std::vector<std::string>& paths, size_t most);

}  // namespace tslxc
