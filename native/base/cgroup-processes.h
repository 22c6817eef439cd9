// The processes of cgroups and of all below them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tslxc {

// Sends SIGKILL to all processes in the cgroup and below, one by one, and thaws it (v1: a frozen
// process dies only then, and doesn't run before). True when there was no process, not even one in
// a PID namespace that this one can't see.
bool killTree(int cgroup);

// Kills what is frozen in the cgroup and below, and thaws it. Does nothing without v1's freezer.
void killFrozenTree(int cgroup);

// The pids of the processes in the cgroups and below, each once; at most `most`.
std::vector<pid_t> processesInCgroups(const std::vector<std::string>& paths, size_t most);

}  // namespace tslxc
