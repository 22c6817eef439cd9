// The operations on a container that runs: its root may be changed by others at any moment, so that
// each names what it works on by what it is, and not only by where it lies.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "native/base/device-node.h"
#include "native/base/mount.h"
#include "native/base/path.h"
#include "native/base/syscall.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

// How often something may be mounted over a tree while it is detached.
constexpr int kAttempts = 64;

bool isTheTree(const Fd& target, const DetachTree& op) {
  struct stat state{};
  check(fstat(target.get(), &state), "fstat", op.path);
  return isMountRoot(target.get()) && state.st_dev == op.device &&
         (op.inode == 0 || state.st_ino == op.inode);
}

}  // namespace

void Interpreter::operator()(const OpenRoot& op) {
  open(op.place, openInRoot(AT_FDCWD, "/", O_PATH | O_DIRECTORY), "/");
}

void Interpreter::operator()(const AddNode& op) {
  addNode(handle(op.root), {op.path, op.type, makedev(op.major, op.minor)},
          {op.mode, op.uid, op.gid}, mountedDevices_);
}

void Interpreter::operator()(const RemoveNode& op) {
  removeNode(handle(op.root), {op.path, op.type, makedev(op.major, op.minor)}, mountedDevices_);
}

// What has been mounted over it since it was looked up is taken away in its place: so it is looked
// up again until it is gone.
void Interpreter::operator()(const DetachTree& op) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Fd target = place(op.root, op.path, op.missing);
    if (!target.valid()) return;
    if (!isTheTree(target, op)) {
      if (attempt > 0 || op.missing == Missing::kSkip) return;
      throw SyscallError{isMountRoot(target.get()) ? ESTALE : EINVAL, "umount2", op.path};
    }
    detachTree(target.get(), ownDescriptors_.get(), op.path);
  }
  throw SyscallError{EBUSY, "umount2", op.path};
}

}  // namespace tslxc
