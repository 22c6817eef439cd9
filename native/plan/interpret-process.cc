// The operations on the process itself: its files, namespaces, consoles, ids and limits.
#include <fcntl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "native/base/capability.h"
#include "native/base/confinement.h"
#include "native/base/path.h"
#include "native/base/process-attribute.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/plan/interpret.h"

namespace tslxc {

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

void Interpreter::operator()(const AwaitCgroups&) {
  if (waitForCgroups_) waitForCgroups_();
}

void Interpreter::operator()(const Unshare& op) {
  check(unshare(static_cast<int>(op.namespaces)), "unshare");
}

void Interpreter::operator()(const OpenNamespace& op) {
  Fd file(check(::open(op.path.c_str(), O_RDONLY | O_CLOEXEC), "open", op.path));
  struct stat facts{};
  check(fstat(file.get(), &facts), "fstat", op.path);
  if (op.inode != 0 && facts.st_ino != op.inode) throw SyscallError{ESTALE, "open", op.path};
  open(op.file, std::move(file), op.path);
}

void Interpreter::operator()(const JoinNamespace& op) {
  check(setns(handle(op.file), static_cast<int>(op.kind)), "setns", handles_[op.file].subject);
}

void Interpreter::operator()(const SetHostname& op) {
  check(sethostname(op.name.data(), op.name.size()), "sethostname", op.name);
}

void Interpreter::operator()(const SetPersonality& op) {
  check(personality(op.persona), "personality");
}

void Interpreter::operator()(const SetMemoryPolicy& op) {
  constexpr size_t kBits = sizeof(unsigned long) * 8;
  std::vector<unsigned long> mask;
  for (const uint32_t node : op.nodes) {
    if (mask.size() <= node / kBits) mask.resize(node / kBits + 1);
    mask[node / kBits] |= 1UL << node % kBits;
  }
  // The kernel reads one bit less than the size says.
  check(syscall(SYS_set_mempolicy, op.mode, mask.data(), mask.size() * kBits + 1), "set_mempolicy");
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

void Interpreter::operator()(const SetResourceLimit& op) {
  setResourceLimit(op.resource, op.soft, op.hard);
}

void Interpreter::operator()(const NewSessionKeyring&) { joinNewSessionKeyring(); }

void Interpreter::operator()(const SetNoNewPrivileges&) { setNoNewPrivileges(); }

void Interpreter::operator()(const SetSeccomp& op) { setSystemCallFilter(op.program); }

void Interpreter::operator()(const LimitBoundingSet& op) { limitBoundingSet(op.keep); }

void Interpreter::operator()(const SetCapabilities& op) { keepCapabilities(op.keep); }

void Interpreter::operator()(const SetIds& op) {
  // By syscall(2): libc's wrappers change the ids of every thread of the process.
  check(syscall(SYS_setresgid, op.gid, op.gid, op.gid), "setresgid", std::to_string(op.gid));
  check(syscall(SYS_setgroups, op.groups.size(), op.groups.data()), "setgroups");
  check(syscall(SYS_setresuid, op.uid, op.uid, op.uid), "setresuid", std::to_string(op.uid));
}

void Interpreter::operator()(const ChangeDirectory& op) {
  check(chdir(op.path.c_str()), "chdir", op.path);
}

void Interpreter::operator()(const EnterDirectory& op) {
  const Fd root(check(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open", "/"));
  const Fd directory = openInRoot(root.get(), op.path, O_PATH | O_DIRECTORY);
  check(fchdir(directory.get()), "fchdir", op.path);
}

void Interpreter::operator()(const SetProcessAttribute& op) {
  setProcessAttribute(op.attribute, op.text);
}

void Interpreter::operator()(const ResetSignals&) { restoreSignals(); }

void Interpreter::operator()(const SetParentDeathSignal& op) {
  check(prctl(PR_SET_PDEATHSIG, op.signal, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");
}

}  // namespace tslxc
