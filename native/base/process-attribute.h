// What security modules keep of a process, below /proc/PID/attr. Only the kernel's own file will
// do: whatever else is mounted there is refused.
#pragma once

#include <string>
#include <string_view>

namespace tslxc {

// Opens and writes, in one write(2), an attribute of the own thread: the kernel takes a write only
// with the credentials that the file was opened with. Throws SyscallError: ENOTSUP when /proc is no
// proc file system, EXDEV when something is mounted over the file, and what the module says.
void setProcessAttribute(const std::string& attribute, std::string_view text);

// Waits for a process that is in the midst of its first execve(2), by its pidfd, until it has the
// credentials that its program is to have; returns at once for one that has executed a program, or
// is about to end. A descriptor that is closed on exec does not tell that: it is closed while the
// credentials are the old ones (Linux 6.18), or before the memory is the new one (6.12.118). A
// process that does not execute anything is given up after two seconds.
void awaitCredentials(int pidfd);

// Reads one of a process by its pidfd, which may have ended but must not have been waited for
// (ESRCH). Without the NUL or line end that modules put behind it. Throws SyscallError.
std::string processAttribute(int pidfd, const std::string& attribute);

}  // namespace tslxc
