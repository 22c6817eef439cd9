// The operations on a running container. Others may change its root directory at any moment, so
// each operation identifies its object by what it is, and not only by its path.
#include <fcntl.h>
#include <sys/sysmacros.h>

#include <optional>
#include <string>

#include "native/base/device-node.h"
#include "native/base/mount.h"
#include "native/base/path.h"
#include "native/base/syscall.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

// How often to look up a tree that is moved, or mounted over, while it is being detached.
constexpr int kAttempts = 64;

// The id of a mount that is gone may have been reused for another one.
bool isOther(const MountIdentity& found, const DetachTree& op) {
  return (op.device != 0 && found.device != op.device) ||
         (op.inode != 0 && found.inode != op.inode);
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

// The container's root user may move the tree meanwhile, or mount something over it, which would
// then be detached instead. So the tree is looked up again until it is gone.
void Interpreter::operator()(const DetachTree& op) {
  int error = EBUSY;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::optional<std::string> place = placeOfMount(ownDescriptors_.get(), op.mount);
    if (!place) return;
    const Fd target = openInRootIfThere(handle(op.root), *place, O_PATH);
    if (!target.valid()) continue;
    const MountIdentity found = identityOf(target.get(), *place);
    if (found.mount != op.mount) {
      error = ESTALE;
      continue;
    }
    if (isOther(found, op)) return;
    detachTree(target.get(), ownDescriptors_.get(), op.path);
    error = EBUSY;
  }
  throw SyscallError{error, "umount2", op.path};
}

}  // namespace tslxc
