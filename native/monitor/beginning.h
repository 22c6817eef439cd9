// What the monitor and a command's attendant begin with: both are told what to do by a plan that
// lies in their channel.
#pragma once

#include <string>
#include <vector>

#include "native/base/message.h"
#include "native/base/syscall.h"

namespace tslxc {

// The caller went away before the commit: there is no receiver for anything.
struct CallerGone {};

// `--descriptors N` among the arguments: how many were passed.
int passedDescriptors(int argc, char** argv);

// Not dumpable, with a name of its own, in no directory that others may want to unmount.
void becomeQuiet(const char* name);

// Throws CallerGone when none comes.
RawMessage receivePlan(int channel, FrameReader& inbox);

// Each v1 hierarchy is entered by the single-threaded task itself: moving another waits for an RCU
// grace period.
void enterCgroups(const std::vector<std::string>& tasks);

// The passed descriptors from `first` on, as owned ones.
std::vector<Fd> takeDescriptors(int first, int count);

// Marks descriptors from `first` on, below `past`.
void closeOnExec(int first, int past);

FailedMessage monitorFailure(const SyscallError& cause);

}  // namespace tslxc
