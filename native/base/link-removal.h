// Removing a network interface without waiting for its end: its name is free at once, but the
// kernel answers only when no processor can be using the interface any more, some 20 ms later.
#pragma once

#include <string>

namespace tslxc {

// In the network namespace `network`, or in the caller's when it is -1. Returns when the name is
// free; the rest goes on in a thread of its own. Throws SyscallError {RTM_DELLINK}, and ENODEV when
// there is no such interface.
void removeLinkName(int network, const std::string& name);

}  // namespace tslxc
