// The process that starts init again after a reboot: a child of the monitor, which has given its
// own capabilities up, and its executable, executed once more. Init becomes its sibling, a child of
// the monitor (clone(2), CLONE_PARENT).
#pragma once

namespace tslxc {

inline constexpr const char* kRestartWord = "--restart";

// True when the arguments are those of a restart.
bool isRestart(int argc, char** argv);

// Has the plan from kChannel, the network namespace of init's last life as kNetworkDescriptor, and
// answers on kAnswers: the pty masters, then how it went. Returns the exit status.
int restart(int argc, char** argv);

}  // namespace tslxc
