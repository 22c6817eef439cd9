// Takes down the interfaces that a container leaves in its network namespace, if there are many.
// The kernel removes all that are left with the namespace in one go, in which no other network
// interface or namespace of the host can be made: some 20 ms for each bridge. Removed one by one,
// by a process that outlives the monitor, they keep the others waiting for one at a time.
#pragma once

#include <sys/types.h>

#include "native/base/fd.h"

namespace tslxc {

inline constexpr const char* kSweepWord = "--sweep-links";

class LinkSweep {
 public:
  // Keeps the list of the interfaces of `init` open: once init has ended, a monitor that has given
  // up its capabilities has no other way to count them.
  void watch(pid_t init);

  // Whether there are more than the kernel removes at once in a moment.
  bool hasMany() const;

  // Starts the process that removes all that are in the namespace of kNetworkDescriptor. Nothing
  // there may be lent.
  void start() const;

 private:
  Fd list_;
};

// True when the arguments are those of the process that removes interfaces.
bool isSweep(int argc, char** argv);

// Removes what is in the namespace of kNetworkDescriptor. Returns the exit status.
int sweepLinks();

}  // namespace tslxc
