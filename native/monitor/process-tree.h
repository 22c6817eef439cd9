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

struct Descendants {
  // Children before their own children.
  std::vector<TreeProcess> processes;
  // False when something could not be looked at: there may be others.
  bool areAll = true;
};

Descendants descendantsOf(pid_t ancestor);

// Sends SIGKILL to that very process; does nothing if another one has its pid by now, or if that
// can't be found out.
void killProcess(const TreeProcess& process);

}  // namespace tslxc
