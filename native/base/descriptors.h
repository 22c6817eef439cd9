// The descriptors of this process as a whole.
#pragma once

#include <vector>

namespace tslxc {

// Closes every descriptor from 3 on that is not in `keep` (close_range(2), Linux 5.9).
void closeAllBut(std::vector<int> keep);

// Ends a process that others with its credentials can see, without a descriptor for them to take:
// from the moment that an ending process has no memory until its descriptors are closed, the kernel
// no longer asks whether it is dumpable (__ptrace_may_access in kernel/ptrace.c, Linux 6.12), so
// root of its user namespace may open them. Runs no destructors, as _exit(2).
[[noreturn]] void exitWithoutDescriptors(int status) noexcept;

}  // namespace tslxc
