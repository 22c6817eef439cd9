#include "native/base/affinity.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Bytes for the most processors that a kernel can be configured for, which is 8,192; it takes no
// more than it has.
constexpr size_t kMaskSize = 1024;

}  // namespace

void useAllProcessors() {
  std::array<unsigned char, kMaskSize> all;
  all.fill(0xff);
  check(syscall(SYS_sched_setaffinity, 0, all.size(), all.data()), "sched_setaffinity");
}

}  // namespace tslxc
