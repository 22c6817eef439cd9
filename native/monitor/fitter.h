// What changes the devices of a running container: by a plan, in the host's namespaces first, then
// in those of init that the plan names. It is in none of the container's PID namespaces, so that no
// process inside sees it, and never executes anything. A way in the container may make it wait for
// as long as it likes: its time is limited, and the caller can kill it.
#pragma once

namespace tslxc {

bool isFitter(int argc, char** argv);

// Has the plan from its channel, and a pidfd of init as its only passed descriptor. Answers `ready`
// when it holds its lock, and `prepared` before the container is changed; goes on each time when it
// is told to, and answers `fitted` or `failed`. Returns the exit status.
int fit(int argc, char** argv);

}  // namespace tslxc
