// Small files of the kernel (cgroups, proc, securityfs), whole: read to the end, written in one
// write(2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "native/base/fd.h"

namespace tslxc {

// A second descriptor of the same open file, O_CLOEXEC.
Fd duplicate(int fd);

// Throws SyscallError{access} when that can't be found out.
bool fileExists(const std::string& path);

// Whether what an open file of the kernel reports has changed since it was opened, or since the
// last call (POLLPRI): for proc_pid_mountinfo(5), the mounts.
bool hasChanged(int fd);

// The errno of ioctl(2) with a null argument on the file, opened for reading; 0 if it succeeds.
// Throws SyscallError{open}.
int tryIoctl(const std::string& path, unsigned command);

// The content, at most a few pages. Throws SyscallError{open} or {read}.
std::string readFile(const std::string& path);
// Nothing if the file doesn't exist, or vanishes meanwhile (ENOENT, ENODEV).
std::optional<std::string> readFileIfThere(const std::string& path);
std::optional<std::string> readFileIfThere(int directory, const char* name);

// For several writes to a file that exists. Throws SyscallError{open}.
Fd openForWriting(const std::string& path);
// Writes `value` to a file that exists, in one write(2). Throws SyscallError{open} or {write}.
void writeFile(const std::string& path, std::string_view value);
// False if the file doesn't exist, or vanishes meanwhile.
bool writeFileIfThere(const std::string& path, std::string_view value);
bool writeFileIfThere(int directory, const char* name, std::string_view value);

}  // namespace tslxc
