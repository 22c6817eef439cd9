// A pair of sockets that identifies no living process. From an ordinary pair, the holder of one end
// gets a pidfd of the process that made it (SO_PEERPIDFD, Linux 6.5). With that, a hostile root
// inside could take the attendant's namespaces and descriptors, which are the host's (setns(2),
// pidfd_getfd(2)).
#pragma once

#include <array>

#include "native/base/fd.h"

namespace tslxc {

// A SEQPACKET pair, close-on-exec, made by a process that has ended. For a single-threaded caller,
// which must send nothing to the other end: with SO_PASSPIDFD each message identifies its sender
// too. Throws SyscallError.
std::array<Fd, 2> makeAnonymousPair();

}  // namespace tslxc
