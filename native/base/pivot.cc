#include "native/base/pivot.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/fd.h"
#include "native/base/syscall.h"

extern "C" int umount2(const char* target, int flags) noexcept;

namespace tslxc {
namespace {

constexpr int kMntDetach = 2;

// umount2 takes the topmost mount of a path, so that whatever was stacked on the old root comes off
// first; once the old root itself is off, its path is no mount of this namespace any more: EINVAL.
void detachStack(int root) {
  check(fchdir(root), "fchdir", "old root");
  check(umount2(".", kMntDetach), "umount2", "old root");
  while (umount2(".", kMntDetach) == 0) {
  }
  if (errno != EINVAL) check(-1, "umount2", "old root");
}

}  // namespace

void pivotIntoWorkingDirectory() {
  const Fd old(check(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open", "/"));
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root", ".");
  detachStack(old.get());
  check(chdir("/"), "chdir", "/");
}

}  // namespace tslxc
