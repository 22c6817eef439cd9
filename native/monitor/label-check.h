// Whether a process executes its program with the label that it was to: looked at from outside,
// since what the process itself says of it, or finds in its own /proc, proves nothing.
#pragma once

#include <string>
#include <vector>

namespace tslxc {

// Of a process that has executed its program, by its pidfd; it may have ended since. Nothing is
// looked at without an `attribute`. Throws FailedMessage unless the label is one of `labels`.
void checkLabel(int pidfd, const std::string& attribute, const std::vector<std::string>& labels);

}  // namespace tslxc
