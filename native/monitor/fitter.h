// The process that changes the devices of a running container by a plan: first in the host's
// namespaces, then in those of init that the plan names. It never joins the container's PID
// namespace, so that no process inside sees it, and never executes a program. A path in the
// container may make it wait for as long as it likes, so its time is limited, and the caller can
// kill it.
#pragma once

namespace tslxc {

bool isFitter(int argc, char** argv);

// Gets the plan from its channel, and a pidfd of init as its only passed descriptor. Sends `ready`
// once it holds its lock, and `prepared` before the container is changed, and waits for `continue`
// after each; at the end it sends `fitted` or `failed`. Returns the exit status.
int fit(int argc, char** argv);

}  // namespace tslxc
