#include "native/plan/interpret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "native/base/mount.h"
#include "native/base/path.h"
#include "native/base/pivot.h"
#include "native/base/syscall.h"

namespace tslxc {

void Interpreter::run(const std::vector<Operation>& operations,
                      const std::function<void()>& afterEach) {
  step_ = 0;
  for (const Operation& operation : operations) {
    std::visit(*this, operation);
    if (afterEach) afterEach();
    ++step_;
  }
}

void Interpreter::open(uint32_t index, Fd fd, std::string_view subject) {
  if (handles_.size() != index) throw SyscallError{EBADF, "plan", "a handle out of order"};
  handles_.push_back({std::move(fd), std::string(subject)});
}

int Interpreter::handle(uint32_t index) const {
  if (index >= handles_.size()) throw SyscallError{EBADF, "plan", "a handle that is not open"};
  return handles_[index].fd.get();
}

std::vector<int> Interpreter::descriptors() const {
  std::vector<int> all;
  for (const Handle& opened : handles_) all.push_back(opened.fd.get());
  return all;
}

Fd Interpreter::place(uint32_t root, const std::string& path, Missing missing) const {
  switch (missing) {
    case Missing::kFail:
      return openInRoot(handle(root), path, O_PATH);
    case Missing::kSkip:
      return openInRootIfThere(handle(root), path, O_PATH);
    case Missing::kMakeDirectory:
      return openOrMakeInRoot(handle(root), path, EntryKind::directory);
    case Missing::kMakeFile:
      return openOrMakeInRoot(handle(root), path, EntryKind::file);
  }
  throw SyscallError{EINVAL, "plan", path};
}

void Interpreter::operator()(const OpenTree& op) {
  open(op.tree, openTree(AT_FDCWD, op.path, op.depth, op.automount), op.path);
}

void Interpreter::operator()(const CloneTree& op) {
  const Fd source = openInRoot(handle(op.root), op.path, O_PATH);
  open(op.tree, openTree(source.get(), "", op.depth, Automount::leave), op.path);
}

void Interpreter::operator()(const MakeFilesystem& op) {
  open(op.tree, makeFilesystem(op.type, op.options, op.attributes), op.type);
}

void Interpreter::operator()(const AttachLoop& op) {
  LoopDevice loop = attachLoop(op.path, op.access);
  open(op.device, std::move(loop.fd), loop.path);
}

void Interpreter::operator()(const MakeFilesystemOn& op) {
  std::vector<std::string> options = {"source=" + handles_.at(op.device).subject};
  options.insert(options.end(), op.options.begin(), op.options.end());
  open(op.tree, makeFilesystem(op.type, options, op.attributes), op.type);
}

void Interpreter::operator()(const MakeOverlay& op) {
  std::vector<int> lowers;
  for (const uint32_t layer : op.lowers) lowers.push_back(handle(layer));
  open(op.tree, makeOverlay(lowers, handle(op.work), op.options, op.attributes), "overlay");
}

void Interpreter::operator()(const SetTreeAttributes& op) {
  setTreeAttributes(handle(op.tree), {op.set, op.clear, op.propagation, op.depth},
                    handles_[op.tree].subject);
}

void Interpreter::operator()(const MapTree& op) {
  mapTree(handle(op.tree), userNamespace_.get(), op.depth, handles_[op.tree].subject);
}

void Interpreter::operator()(const MakeNode& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  const mode_t mode = op.type | op.mode;
  check(mknodat(entry.parent, entry.name.c_str(), mode, makedev(op.major, op.minor)), "mknodat",
        op.path);
  check(fchmodat(entry.parent, entry.name.c_str(), op.mode, 0), "fchmodat", op.path);
}

void Interpreter::operator()(const MakeDirectory& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  check(mkdirat(entry.parent, entry.name.c_str(), op.mode), "mkdirat", op.path);
}

void Interpreter::operator()(const MakeSymlink& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  check(symlinkat(op.target.c_str(), entry.parent, entry.name.c_str()), "symlinkat", op.path);
}

void Interpreter::operator()(const ChangeOwner& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  check(fchownat(entry.parent, entry.name.c_str(), op.uid, op.gid, AT_SYMLINK_NOFOLLOW), "fchownat",
        op.path);
}

void Interpreter::operator()(const MakeNamespacePrivate&) { makeNamespacePrivate(); }

void Interpreter::operator()(const StackTree& op) { stackTree(handle(op.tree)); }

void Interpreter::operator()(const EnterTree& op) { enterTree(handle(op.tree)); }

void Interpreter::operator()(const AttachTree& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (target.valid()) attachTree(handle(op.tree), target.get(), op.path);
}

void Interpreter::operator()(const CoverPath& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (!target.valid()) return;
  const Fd clone = openTree(handle(op.source), "", Depth::single, Automount::leave);
  attachTree(clone.get(), target.get(), op.path);
}

void Interpreter::operator()(const ProtectPath& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (!target.valid()) return;
  const Fd clone = openTree(target.get(), "", Depth::single, Automount::leave);
  setTreeAttributes(clone.get(), {op.set, 0, 0, Depth::single}, op.path);
  attachTree(clone.get(), target.get(), op.path);
}

void Interpreter::operator()(const PutAside& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (target.valid()) putAside(target.get(), op.path);
}

void Interpreter::operator()(const OpenPlace& op) {
  open(op.place, openInRoot(handle(op.root), op.path, O_PATH), op.path);
}

void Interpreter::operator()(const PivotRoot&) { pivotIntoWorkingDirectory(); }

}  // namespace tslxc
