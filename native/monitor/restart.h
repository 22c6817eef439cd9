// The process that starts init again after a reboot: a child of the monitor that executes the
// monitor's executable once more, since the monitor has given up its own capabilities. Init becomes
// its sibling, a child of the monitor (clone(2), CLONE_PARENT).
#pragma once

namespace tslxc {

inline constexpr const char* kRestartWord = "--restart";

// True when the arguments are those of a restart.
bool isRestart(int argc, char** argv);

// Gets the plan from kChannel, and the network namespace of init's previous life as
// kNetworkDescriptor. Answers on kAnswers: init's pidfd and network namespace and the pty masters,
// then the outcome. Returns the exit status.
int restart(int argc, char** argv);

}  // namespace tslxc
