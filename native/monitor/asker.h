// Asks an init to end, for its monitor, in a process of its own: this reads what the monitor may
// not (which program init is), and looks into a file system of the container, which may never
// answer. Which init is asked in which way is in the words that it is started with, which the plan
// has from lib/plan/process/end-request.ts.
#pragma once

#include <string>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// Starts the process; `init` is a pidfd. Returns the process's pidfd.
Fd startAsker(const std::vector<std::string>& words, int init);

// Whether this process was started so.
bool isAsker(int argc, char** argv);
int askInit(int argc, char** argv);

}  // namespace tslxc
