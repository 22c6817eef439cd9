// The runner of a script: the mode of this executable that runs a script of the administrator for
// its caller, a process of Node.js. When the caller is killed, or closes the channel because the
// script's time is over, the runner kills the script and all that it has started, even what has
// left its process group. Otherwise it ends as the script does, and what the script leaves running
// goes on.
//
//   tslxc-script run-script /etc/tslxc/hooks/lxc web start begin -
#pragma once

namespace tslxc {

// True when the arguments ask for it.
bool isScriptRunner(int argc, char** argv);

// Runs the script, with the caller's streams, directory and environment; the exit code.
int runScript(char** argv);

}  // namespace tslxc
