// What a process gives up for itself and for all that it executes.
#pragma once

#include <cstdint>
#include <vector>

namespace tslxc {

// Installs a filter of system calls (seccomp(2), SECCOMP_SET_MODE_FILTER). Two words an
// instruction, as struct sock_filter lies in memory. Needs CAP_SYS_ADMIN in the own user namespace,
// or no_new_privs.
void setSystemCallFilter(const std::vector<uint32_t>& program);

// No exec gives any privilege from here on (prctl(2), PR_SET_NO_NEW_PRIVS).
void setNoNewPrivileges();

// A new, empty, nameless session keyring (keyctl(2), KEYCTL_JOIN_SESSION_KEYRING). A kernel without
// keyrings has none to hide.
void joinNewSessionKeyring();

// prlimit(2) of the calling process.
void setResourceLimit(uint32_t resource, uint64_t soft, uint64_t hard);

}  // namespace tslxc
