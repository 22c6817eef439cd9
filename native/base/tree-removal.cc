#include "native/base/tree-removal.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "native/base/descent.h"
#include "native/base/file.h"
#include "native/base/inode-state.h"
#include "native/base/path.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

[[noreturn]] void refuseMount(const std::string& path) {
  throw SyscallError{EXDEV, "openat2", path};
}

// Changes nothing: a mount has to be found before anything is removed.
class MountSearch final : public TreeVisitor {
 public:
  explicit MountSearch(WalkCounter& counter) : counter_(counter) {}

  void enter(int /*inode*/, const std::string& /*name*/) override {}
  void leave(int /*inode*/) override {}
  void failed(const SyscallError& failure) override { throw SyscallError(failure); }
  void visited() override { counter_.tell(); }
  void mounted(const std::string& path) override { refuseMount(path); }

 private:
  WalkCounter& counter_;
};

class Emptying final : public TreeVisitor {
 public:
  explicit Emptying(WalkCounter& counter) : counter_(counter) {}

  void enter(int inode, const std::string& name) override {
    if (S_ISDIR(stateOf(inode).st_mode)) {
      constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
      return way_.push(Fd(check(openat(inode, ".", kFlags), "openat")), name);
    }
    remove(inode, name, 0);
  }

  // An empty btrfs subvolume is removed in the same way, since Linux 4.18.
  void leave(int inode) override {
    if (!S_ISDIR(stateOf(inode).st_mode)) return;
    const std::string name = way_.pop();
    if (!way_.empty()) remove(inode, name, AT_REMOVEDIR);
  }

  void failed(const SyscallError& failure) override { throw SyscallError(failure); }
  void visited() override { counter_.add(); }
  void mounted(const std::string& path) override { refuseMount(path); }

 private:
  // A container may have made it, or the directory that it is in, immutable.
  void remove(int inode, const std::string& name, int flags) {
    const int parent = way_.current();
    if (unlinkat(parent, name.c_str(), flags) == 0 || errno == ENOENT) return;
    if (errno != EPERM) check(-1, "unlinkat");
    allowChanges(parent);
    allowChanges(inode);
    check(unlinkat(parent, name.c_str(), flags), "unlinkat");
  }

  Descent way_;
  WalkCounter& counter_;
};

void removeDirectory(int directory, const TreeEntry& entry, const WalkReport& report) {
  WalkCounter counter(report);
  MountSearch search(counter);
  walkTree(directory, search);
  allowChanges(directory);
  Emptying emptying(counter);
  walkTree(directory, emptying);
  const int removed = unlinkat(entry.directory, entry.name.c_str(), AT_REMOVEDIR);
  if (removed == -1 && errno != ENOENT) check(removed, "unlinkat", "");
  counter.tell();
}

Fd openTop(const TreeEntry& entry) {
  try {
    return openOnSameMount(entry.directory, entry.name, O_PATH | O_NOFOLLOW);
  } catch (const SyscallError& failure) {
    if (failure.error == ENOENT) return Fd();
    throw SyscallError{failure.error, failure.syscall, ""};
  }
}

}  // namespace

void allowChanges(int inode) {
  const mode_t mode = stateOf(inode).st_mode;
  if (!S_ISDIR(mode) && !S_ISREG(mode)) return;
  const Fd file = openForReading(inode);
  int flags = 0;
  // Some file systems have no such flags.
  if (ioctl(file.get(), FS_IOC_GETFLAGS, &flags) == -1) return;
  constexpr int kFixed = FS_IMMUTABLE_FL | FS_APPEND_FL;
  if ((flags & kFixed) == 0) return;
  flags &= ~kFixed;
  check(ioctl(file.get(), FS_IOC_SETFLAGS, &flags), "ioctl", "FS_IOC_SETFLAGS");
}

void removeTree(const TreeEntry& entry, const WalkReport& report) {
  const Fd top = openTop(entry);
  if (!top.valid()) return;
  if (S_ISDIR(stateOf(top.get()).st_mode)) return removeDirectory(top.get(), entry, report);
  const int removed = unlinkat(entry.directory, entry.name.c_str(), 0);
  if (removed == -1 && errno != ENOENT) check(removed, "unlinkat", "");
}

}  // namespace tslxc
