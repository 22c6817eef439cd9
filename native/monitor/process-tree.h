// The descendants of a process on the host, as /proc shows them now.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace tslxc {

struct TreeProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  uint64_t started = 0;  // tells a process from a later one with the same pid
  bool ended = false;    // a zombie
};

// All that descend from `ancestor`, children before their own children.
std::vector<TreeProcess> descendantsOf(pid_t ancestor);

// Sends SIGKILL to that very process; does nothing if another one has its pid by now.
void killProcess(const TreeProcess& process);

}  // namespace tslxc
