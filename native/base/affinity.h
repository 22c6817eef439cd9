// The processors that a process may run on (sched_setaffinity(2)).
#pragma once

namespace tslxc {

// Lets the calling thread, and what it clones from now on, run on all processors that its cpuset
// allows: the choice that it has inherited from its caller would hold in the container for good.
void useAllProcessors();

}  // namespace tslxc
