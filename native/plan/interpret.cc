#include "native/plan/interpret.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "native/base/capability.h"
#include "native/base/mount.h"
#include "native/base/path.h"
#include "native/base/pivot.h"
#include "native/base/syscall.h"

namespace tslxc {

void Interpreter::run(const std::vector<Operation>& operations) {
  step_ = 0;
  for (const Operation& operation : operations) {
    std::visit(*this, operation);
    ++step_;
  }
}

void Interpreter::open(uint8_t index, Fd fd, std::string_view subject) {
  if (handles_.size() != index) throw SyscallError{EBADF, "plan", "a handle out of order"};
  handles_.push_back({std::move(fd), std::string(subject)});
}

int Interpreter::handle(uint8_t index) const {
  if (index >= handles_.size()) throw SyscallError{EBADF, "plan", "a handle that is not open"};
  return handles_[index].fd.get();
}

std::vector<int> Interpreter::descriptors() const {
  std::vector<int> all;
  for (const Handle& opened : handles_) all.push_back(opened.fd.get());
  return all;
}

Fd Interpreter::place(uint8_t root, const std::string& path, Missing missing) const {
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

void Interpreter::operator()(const SetTreeAttributes& op) {
  setTreeAttributes(handle(op.tree), {op.set, op.clear, op.propagation, op.depth},
                    handles_[op.tree].subject);
}

void Interpreter::operator()(const MakeNode& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  const mode_t mode = op.type | op.mode;
  check(mknodat(entry.parent.get(), entry.name.c_str(), mode, makedev(op.major, op.minor)),
        "mknodat", op.path);
  check(fchmodat(entry.parent.get(), entry.name.c_str(), op.mode, 0), "fchmodat", op.path);
}

void Interpreter::operator()(const MakeDirectory& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  check(mkdirat(entry.parent.get(), entry.name.c_str(), op.mode), "mkdirat", op.path);
}

void Interpreter::operator()(const MakeSymlink& op) {
  const Entry entry = entryInRoot(handle(op.tree), op.path);
  check(symlinkat(op.target.c_str(), entry.parent.get(), entry.name.c_str()), "symlinkat", op.path);
}

void Interpreter::operator()(const MakeNamespacePrivate&) { makeNamespacePrivate(); }

void Interpreter::operator()(const EnterTree& op) { enterTree(handle(op.tree)); }

void Interpreter::operator()(const AttachTree& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (target.valid()) attachTree(handle(op.tree), target.get(), op.path);
}

void Interpreter::operator()(const DetachTree& op) {
  const Fd target = place(op.root, op.path, op.missing);
  if (!target.valid()) return;
  const Fd before(check(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), "open", "."));
  detachTree(target.get(), op.path);
  check(fchdir(before.get()), "fchdir", ".");
}

void Interpreter::operator()(const PivotRoot&) { pivotIntoWorkingDirectory(); }

void Interpreter::operator()(const OpenFile& op) {
  open(op.file, Fd(check(::open(op.path.c_str(), O_WRONLY | O_CLOEXEC), "open", op.path)), op.path);
}

void Interpreter::operator()(const WriteFile& op) {
  const ssize_t size = static_cast<ssize_t>(op.text.size());
  const ssize_t written =
      check(retry([&] { return write(handle(op.file), op.text.data(), op.text.size()); }), "write",
            handles_[op.file].subject);
  if (written != size) throw SyscallError{EIO, "write", handles_[op.file].subject};
}

void Interpreter::operator()(const Unshare& op) {
  check(unshare(static_cast<int>(op.namespaces)), "unshare");
}

void Interpreter::operator()(const SetHostname& op) {
  check(sethostname(op.name.data(), op.name.size()), "sethostname", op.name);
}

void Interpreter::operator()(const NewSession& op) {
  check(setsid(), "setsid");
  umask(op.umask);
}

void Interpreter::operator()(const OpenConsole& op) {
  if (consoles_.size() != op.index) throw SyscallError{EBADF, "plan", "a console out of order"};
  Pty pty = openPty(handle(op.devpts));
  check(fchown(pty.slave.get(), op.uid, static_cast<gid_t>(-1)), "fchown", "console");
  consoles_.push_back(std::move(pty));
}

void Interpreter::operator()(const SetCapabilities& op) { keepCapabilities(op.keep); }

void Interpreter::operator()(const SetIds& op) {
  // By number: libc's wrappers change the ids of every thread of the process.
  check(syscall(SYS_setresgid, op.gid, op.gid, op.gid), "setresgid", std::to_string(op.gid));
  check(syscall(SYS_setgroups, op.groups.size(), op.groups.data()), "setgroups");
  check(syscall(SYS_setresuid, op.uid, op.uid, op.uid), "setresuid", std::to_string(op.uid));
}

void Interpreter::operator()(const ChangeDirectory& op) {
  check(chdir(op.path.c_str()), "chdir", op.path);
}

void Interpreter::operator()(const ResetSignals&) {
  for (int number = 1; number < _NSIG; ++number)
    signal(number, SIG_DFL);  // SIGKILL and such refuse
  sigset_t none;
  sigemptyset(&none);
  check(sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
}

void Interpreter::operator()(const SetParentDeathSignal& op) {
  check(prctl(PR_SET_PDEATHSIG, op.signal, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");
}

}  // namespace tslxc
