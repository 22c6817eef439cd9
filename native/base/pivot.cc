#include "native/base/pivot.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/syscall.h"

extern "C" int umount2(const char* target, int flags) noexcept;

namespace tslxc {

void pivotIntoWorkingDirectory() {
  constexpr int kMntDetach = 2;
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root", ".");
  check(umount2(".", kMntDetach), "umount2", "old root");
  check(chdir("/"), "chdir", "/");
}

}  // namespace tslxc
