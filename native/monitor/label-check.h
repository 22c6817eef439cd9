// Checks from outside that a process runs its program with the intended label, since what the
// process itself says of it, or finds in its own /proc, proves nothing.
#pragma once

#include <string>
#include <vector>

namespace tslxc {

// For a process that has executed its program; it may have ended since. Does nothing if `attribute`
// is empty. Throws FailedMessage unless the label is one of `labels`.
void checkLabel(int pidfd, const std::string& attribute, const std::vector<std::string>& labels);

}  // namespace tslxc
