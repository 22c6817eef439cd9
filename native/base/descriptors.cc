#include "native/base/descriptors.h"

#include <unistd.h>

#include <algorithm>

#include "native/base/kernel-names.h"
#include "native/base/syscall.h"

namespace tslxc {

void closeAllBut(std::vector<int> keep) {
  std::sort(keep.begin(), keep.end());
  unsigned first = 3;
  for (const int kept : keep) {
    if (kept < static_cast<int>(first)) continue;
    const unsigned past = static_cast<unsigned>(kept);
    if (past > first) check(syscall(SYS_close_range, first, past - 1, 0), "close_range");
    first = past + 1;
  }
  check(syscall(SYS_close_range, first, ~0U, 0), "close_range");
}

void exitWithoutDescriptors(int status) noexcept {
  syscall(SYS_close_range, 0, ~0U, 0);
  _exit(status);
}

}  // namespace tslxc
