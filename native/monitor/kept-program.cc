#include "native/monitor/kept-program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "native/base/clone.h"
#include "native/base/error-text.h"
#include "native/base/process-id.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr size_t kMostWords = 2000;
constexpr int kNotExecuted = 127;
constexpr int kEverybodyElse = -1;  // in this PID namespace

std::string draftOf(const std::string& name) { return "." + name + ".new"; }

void removePidFiles(const KeptCommand& command) {
  for (const std::string& name :
       {command.pidFile, draftOf(command.pidFile), command.daemonPidFile}) {
    unlinkat(command.directory, name.c_str(), 0);
  }
}

// 0 when there is none, -1 when that can't be found out.
pid_t readPid(int directory, const std::string& name) {
  const Fd file(openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) return errno == ENOENT ? 0 : -1;
  char text[16] = {};
  if (read(file.get(), text, sizeof text - 1) == -1) return -1;
  return static_cast<pid_t>(std::max(std::atol(text), 0L));
}

void writePid(int directory, const std::string& name, pid_t pid) {
  const std::string draft = draftOf(name);
  const std::string text = std::to_string(pid) + "\n";
  const Fd file(check(
      openat(directory, draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600),
      "openat", name));
  check(write(file.get(), text.data(), text.size()), "write", name);
  check(renameat(directory, draft.c_str(), directory, name.c_str()), "renameat", name);
}

// Signals are as at a boot; every other descriptor is O_CLOEXEC.
[[noreturn]] void execute(const KeptCommand& command, int words) {
  dup2(words, STDERR_FILENO);
  restoreSignals();
  execve(command.argv[0], command.argv.data(), environ);
  const int error = errno;
  const std::string text =
      std::string("execve ") + command.argv[0] + ": " + errorText(error) + "\n";
  // If that fails too, only the exit status says so.
  _exit(write(STDERR_FILENO, text.data(), text.size()) == -1 ? kNotExecuted + 1 : kNotExecuted);
}

}  // namespace

KeptProgram::KeptProgram(const KeptCommand& command) : command_(command) {
  // kill(-1) would reach every process on the host.
  if (getpid() != 1) throw SyscallError{EPERM, "getpid", "a PID namespace of its own"};
  removePidFiles(command);  // left by a keeper that was killed
  int ends[2];
  check(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe2");
  words_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  launcher_ = cloneProcess(0, -1).pid;
  if (launcher_ == 0) execute(command, theirs.get());
}

KeptProgram::~KeptProgram() {
  signal(SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  removePidFiles(command_);
}

KeptProgram::Found KeptProgram::findDaemon() {
  const pid_t pid = readPid(command_.directory, command_.daemonPidFile);
  if (pid == -1) return Found::unknown;
  if (pid <= 1) return Found::no;
  if (kill(pid, 0) == -1) return errno == ESRCH ? Found::no : Found::unknown;
  daemon_ = pid;
  return Found::yes;
}

void KeptProgram::recordDaemon() const {
  writePid(command_.directory, command_.pidFile, hostProcessId(daemon_));
}

void KeptProgram::readWords() {
  std::array<char, 512> chunk;
  while (words_.valid()) {
    const ssize_t count = retry([&] { return read(words_.get(), chunk.data(), chunk.size()); });
    if (count == -1) return;
    if (count == 0) words_.reset();
    said_.append(chunk.data(), static_cast<size_t>(count));
    if (said_.size() > kMostWords) said_.erase(0, said_.size() - kMostWords);
  }
}

void KeptProgram::signal(int number) const { kill(kEverybodyElse, number); }

}  // namespace tslxc
