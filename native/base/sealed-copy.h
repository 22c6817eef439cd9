// A copy of a file that no process can change, not even root through /proc/PID/exe
// (memfd_create(2)).
#pragma once

#include <string>

#include "native/base/fd.h"

namespace tslxc {

// Executable, sealed against writing, growing, shrinking and further seals.
Fd sealedCopy(const std::string& path);

}  // namespace tslxc
