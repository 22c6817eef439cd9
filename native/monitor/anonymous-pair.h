// A pair of sockets whose ends name no process. Each end gives the process at the other one a
// pidfd of the process that made it (SO_PEERPIDFD, Linux 6.5), and by setns(2) or pidfd_getfd(2) a
// hostile root inside would take the attendant's namespaces and descriptors, which are the host's.
#pragma once

#include <array>

#include "native/base/fd.h"

namespace tslxc {

// SEQPACKET, closed on exec; made by a process that has ended. For a single-threaded caller.
// Nothing may be sent by it to the other end: with SO_PASSPIDFD each message names its sender too.
// Throws SyscallError.
std::array<Fd, 2> makeAnonymousPair();

}  // namespace tslxc
