// The first steps that the monitor shares with other modes of its executable, most of which receive
// a plan through their channel.
#pragma once

#include <string>
#include <vector>

#include "native/base/message.h"
#include "native/base/syscall.h"

namespace tslxc {

// The caller went away before the commit: there is no process left to report to.
struct CallerGone {};

// `--descriptors N` among the arguments: how many were passed.
int passedDescriptors(int argc, char** argv);

// Makes this process non-dumpable, names it, and changes to "/", so that it keeps no other file
// system busy.
void becomeQuiet(const char* name);

// Throws CallerGone when no message comes within 10 s.
RawMessage receivePlan(int channel, FrameReader& inbox);

// Leaves the cgroups of the caller in v1 hierarchies for those of these `tasks` files, and its
// choice of processors, which would hold in the container for good. A single-threaded process moves
// itself: moving another one waits for an RCU grace period.
void leaveCaller(const std::vector<std::string>& tasks);

// Takes ownership of `count` passed descriptors, from `first` on.
std::vector<Fd> takeDescriptors(int first, int count);

// Sets close-on-exec on the descriptors from `first` up to, and not including, `past`.
void closeOnExec(int first, int past);

FailedMessage monitorFailure(const SyscallError& cause);

}  // namespace tslxc
