// The runner of a script: the mode of this executable that runs a script of the administrator for
// its caller, a process of Node.js. When the caller is killed, or has no more time for the script
// and closes the channel, the runner ends the script and all that it has started, also what has
// left its process group. It ends as the script does; what that leaves behind then goes on.
//
//   tslxc-script run-script /etc/tslxc/hooks/lxc web start begin -
#pragma once

namespace tslxc {

// True when the arguments ask for it.
bool isScriptRunner(int argc, char** argv);

// Runs the script, with the caller's streams, directory and environment; the exit code.
int runScript(char** argv);

}  // namespace tslxc
