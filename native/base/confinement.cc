#include "native/base/confinement.h"

#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "native/base/syscall.h"

namespace tslxc {

void setSystemCallFilter(const std::vector<uint32_t>& program) {
  constexpr size_t kWords = sizeof(sock_filter) / sizeof(uint32_t);
  std::vector<sock_filter> instructions(program.size() / kWords);
  std::memcpy(instructions.data(), program.data(), instructions.size() * sizeof(sock_filter));
  sock_fprog filter{};
  filter.len = static_cast<unsigned short>(instructions.size());
  filter.filter = instructions.data();
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp",
        std::to_string(instructions.size()) + " instructions");
}

void setNoNewPrivileges() {
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS");
}

void joinNewSessionKeyring() {
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0 || errno == ENOSYS) return;
  check(-1, "keyctl", "KEYCTL_JOIN_SESSION_KEYRING");
}

void setResourceLimit(uint32_t resource, uint64_t soft, uint64_t hard) {
  rlimit64 limit{};
  limit.rlim_cur = soft;
  limit.rlim_max = hard;
  check(syscall(SYS_prlimit64, 0, resource, &limit, nullptr), "prlimit",
        "resource " + std::to_string(resource));
}

}  // namespace tslxc
