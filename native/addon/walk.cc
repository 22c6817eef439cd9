#include "native/addon/walk.h"

#include <unistd.h>

#include <string>

namespace tslxc::addon {

void writeCount(int report, uint64_t count) {
  const std::string line = std::to_string(count) + '\n';
  const ssize_t written = retry([&] { return ::write(report, line.data(), line.size()); });
  if (written == -1 && errno == EPIPE) throw SyscallError{ECANCELED, "write", ""};
  check(written, "write");
}

}  // namespace tslxc::addon
