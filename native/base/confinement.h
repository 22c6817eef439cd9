// What a process gives up for itself and for all that it executes.
#pragma once

#include <cstdint>
#include <vector>

namespace tslxc {

// Installs a system call filter (seccomp(2), SECCOMP_SET_MODE_FILTER). `program` has two words for
// each instruction, in the layout of struct sock_filter. Needs no_new_privs, or CAP_SYS_ADMIN in
// the process's user namespace.
void setSystemCallFilter(const std::vector<uint32_t>& program);

// No exec gives any privilege from here on (prctl(2), PR_SET_NO_NEW_PRIVS).
void setNoNewPrivileges();

// Joins a new, empty, anonymous session keyring (keyctl(2), KEYCTL_JOIN_SESSION_KEYRING). A kernel
// without keyrings has none to hide.
void joinNewSessionKeyring();

// prlimit(2) of the calling process.
void setResourceLimit(uint32_t resource, uint64_t soft, uint64_t hard);

}  // namespace tslxc
