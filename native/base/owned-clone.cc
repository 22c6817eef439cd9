#include "native/base/owned-clone.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "native/base/capability.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr uid_t kSame = static_cast<uid_t>(-1);
constexpr uint64_t kAll = ~uint64_t{0};

// The real and the saved user stay root, so the permitted capabilities stay as well.
void becomeEffectively(uid_t user) {
  int deathSignal = 0;
  check(prctl(PR_GET_PDEATHSIG, &deathSignal, 0, 0, 0), "prctl", "PR_GET_PDEATHSIG");
  check(syscall(SYS_setresuid, kSame, user, kSame), "setresuid", std::to_string(user));
  // The effective capabilities went with the user; the kernel also takes away the death signal, and
  // makes the process as dumpable as fs.suid_dumpable says.
  keepCapabilities(kAll);
  check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");
  check(prctl(PR_SET_PDEATHSIG, deathSignal, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");
}

}  // namespace

Child cloneOwned(uid_t owner, uint64_t flags, int cgroup) {
  if (owner == 0) return cloneProcess(flags, cgroup);
  becomeEffectively(owner);
  Child child;
  try {
    child = cloneProcess(flags, cgroup);
  } catch (...) {
    becomeEffectively(0);
    throw;
  }
  if (child.pid != 0) becomeEffectively(0);
  return child;
}

}  // namespace tslxc
