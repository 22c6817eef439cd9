// The processes below one of the host's processes, as /proc has them now.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace tslxc {

struct TreeProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  uint64_t started = 0;  // tells a process from a later one of the same number
  bool ended = false;    // a zombie
};

// All that descend from `ancestor`, children before their own children.
std::vector<TreeProcess> descendantsOf(pid_t ancestor);

// SIGKILL for that very process: nothing when the number is another's by now.
void killProcess(const TreeProcess& process);

}  // namespace tslxc
