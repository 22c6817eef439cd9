#include "native/base/descent.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "native/base/inode-state.h"
#include "native/base/syscall.h"

namespace tslxc {

void Descent::push(Fd directory, const std::string& name) {
  const struct stat state = stateOf(directory.get());
  levels_.push_back({std::move(directory), state.st_dev, state.st_ino, name});
  if (levels_.size() > kOpenDirectories) {
    levels_[levels_.size() - kOpenDirectories - 1].directory.reset();
  }
}

std::string Descent::pop() {
  const Level left = std::move(levels_.back());
  levels_.pop_back();
  if (levels_.empty() || levels_.back().directory.valid()) return left.name;
  Level& level = levels_.back();
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  Fd above(check(openat(left.directory.get(), "..", kFlags), "openat", left.name));
  const struct stat state = stateOf(above.get());
  if (state.st_dev != level.device || state.st_ino != level.inode) {
    throw SyscallError{ESTALE, "openat", left.name};
  }
  level.directory = std::move(above);
  return left.name;
}

}  // namespace tslxc
