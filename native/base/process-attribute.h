// The attributes that security modules keep of a process, below /proc/PID/attr. Only the kernel's
// own files will do: anything that is mounted over them is refused.
#pragma once

#include <string>
#include <string_view>

namespace tslxc {

// Opens an attribute of the calling thread and writes it in one write(2): the kernel takes a write
// only with the credentials that the file was opened with. Throws SyscallError: ENOTSUP when /proc
// is no proc file system, EXDEV when something is mounted over the file, and the module's errors.
void setProcessAttribute(const std::string& attribute, std::string_view text);

// Waits until a process that is in the midst of its first execve(2) has the credentials of its new
// program; returns at once if it has executed a program, or is about to end. A close-on-exec
// descriptor does not tell that: it is closed while the process still has its old credentials
// (Linux 6.18), or even its old memory (6.12.118). Gives up after two seconds on a process that
// does not execute anything.
void awaitCredentials(int pidfd);

// Reads an attribute of a process, without the NUL or line end that modules append. The process may
// have ended, but must not have been reaped (ESRCH). Throws SyscallError.
std::string processAttribute(int pidfd, const std::string& attribute);

}  // namespace tslxc
