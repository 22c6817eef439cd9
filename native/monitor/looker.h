// The looker: the mode of this executable that looks at paths of the host for its caller, a process
// of Node.js whose event loop must not wait for a file system that may never answer. A look may
// block this process in the kernel, out of reach of SIGKILL: then the caller abandons it. It
// changes nothing, and ends with its channel.
//
//   tslxc-look look
#pragma once

namespace tslxc {

// True when the arguments ask for it.
bool isLooker(int argc, char** argv);

// Answers each `look` with a `seen`, one after the other, until the channel is closed. Returns the
// exit code.
int lookAtPaths();

}  // namespace tslxc
