#include "native/base/capability.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr unsigned kMostCapabilities = 64;

// Without CAP_SETPCAP nothing can be dropped; an absent capability need not be.
bool isAbsent(unsigned bit) { return prctl(PR_CAPBSET_READ, bit, 0, 0, 0) == 0; }

}  // namespace

uint64_t permittedCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  check(syscall(SYS_capget, &header, data), "capget");
  return data[0].permitted | (static_cast<uint64_t>(data[1].permitted) << 32);
}

void limitBoundingSet(uint64_t keep) {
  for (unsigned bit = 0; bit < kMostCapabilities; ++bit) {
    if ((keep >> bit & 1) == 1 || prctl(PR_CAPBSET_DROP, bit, 0, 0, 0) == 0) continue;
    const int error = errno;
    if (error == EINVAL) break;  // past the kernel's last capability
    if (error == EPERM && isAbsent(bit)) continue;
    throw SyscallError{error, "prctl", "PR_CAPBSET_DROP"};
  }
}

void keepCapabilities(uint64_t keep) {
  const uint64_t set = permittedCapabilities() & keep;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  // The inheritable set becomes empty, and with it the ambient set, which is a part of it
  // (capabilities(7)).
  __user_cap_data_struct data[2]{};
  data[0].effective = data[0].permitted = static_cast<uint32_t>(set);
  data[1].effective = data[1].permitted = static_cast<uint32_t>(set >> 32);
  check(syscall(SYS_capset, &header, data), "capset");
}

}  // namespace tslxc
