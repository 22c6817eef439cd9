#include "native/monitor/guardian.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "native/base/clone.h"
#include "native/base/descriptors.h"
#include "native/base/message.h"
#include "native/monitor/command.h"

namespace tslxc {
namespace {

constexpr int kGone = 1;

class Guardian {
 public:
  Guardian(const CommandPlan& plan, int reports, int orders)
      : plan_(plan),
        reports_(reports),
        orders_(orders),
        mayReap_(plan.header.labelAttribute.empty()) {}

  [[noreturn]] void run() {
    // When the attendant ends, `orders` closes, and the guardian kills the command itself: a
    // command that has changed its ids has lost its own parent death signal (prctl(2)), so it would
    // outlive a guardian that is killed. SIGCONT, for a guardian that a process inside has stopped.
    check(prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");
    check(prctl(PR_SET_NAME, "tslxc-exec", 0, 0, 0), "prctl", "PR_SET_NAME");
    check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl", "PR_SET_CHILD_SUBREAPER");
    // Only SIGKILL ends the guardian.
    sigset_t all;
    sigfillset(&all);
    check(sigprocmask(SIG_SETMASK, &all, nullptr), "sigprocmask");
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    ends_ = Fd(check(signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
    start();
    for (;;) waitOnce();
  }

 private:
  // The command runs in the guardian's memory until its execve has succeeded, or it has reported
  // why not: both are inside, with the same rights. Meanwhile the guardian can't receive anything;
  // the attendant kills a command that makes no progress, and the guardian resumes.
  //
  // A label changes late in an execve. The guardian resumes early in it, and a close-on-exec pipe
  // is closed later: with a label to check, that is waited for.
  void start() {
    Fd untilExec;
    if (!mayReap_) {
      std::array<int, 2> pipe;
      check(pipe2(pipe.data(), O_CLOEXEC), "pipe2");
      executed_ = Fd(pipe[0]);
      untilExec = Fd(pipe[1]);
    }
    const Stack stack;
    Child command = cloneGuest({stack, becomeCommand, this});
    command_ = command.pid;
    pidfd_ = std::move(command.pidfd);
    // The other ends of the command's streams see its end only when these copies are closed.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(stream);
    if (mayReap_) sendReady();
  }

  static int becomeCommand(void* guardian) {
    const Guardian& self = *static_cast<Guardian*>(guardian);
    runCommand(self.plan_, self.reports_);
  }

  void waitOnce() {
    std::array<pollfd, 3> entries{{{executed_.get(), POLLIN, 0},
                                   {mayReap_ ? ends_.get() : -1, POLLIN, 0},
                                   {orders_, POLLIN, 0}}};
    check(retry([&] { return poll(entries.data(), entries.size(), -1); }), "poll");
    if (entries[0].revents != 0) {
      executed_.reset();
      sendReady();
    }
    if (entries[2].revents != 0) listen();
    if (entries[1].revents != 0) reap();
  }

  void sendReady() {
    std::vector<int> command;
    if (!mayReap_) command.push_back(pidfd_.get());
    sendMessage(reports_, ReadyMessage{}, command);
  }

  void listen() {
    const bool alone = inbox_.readPipe(orders_) == FrameReader::Result::ended;
    while (const std::optional<RawMessage> message = inbox_.next()) obey(*message);
    if (!alone) return;
    signalCommand(SIGKILL);
    exitWithoutDescriptors(kGone);
  }

  void obey(const RawMessage& message) {
    if (message.kind == DestroyMessage::kKind) {
      ending_ = mayReap_ = true;
      signalCommand(SIGKILL);
      reap();
    }
    if (message.kind == ContinueMessage::kKind) mayReap_ = true;
    if (message.kind == SignalMessage::kKind) {
      signalCommand(static_cast<int>(fieldsOf<SignalMessage>(message).number));
    }
  }

  void signalCommand(int number) const {
    if (pidfd_.valid()) syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0);
  }

  void reap() {
    signalfd_siginfo ignored;
    while (read(ends_.get(), &ignored, sizeof ignored) > 0) {
    }
    for (;;) {
      int status = 0;
      const pid_t pid = waitpid(-1, &status, WNOHANG);
      if (pid == 0) return;
      if (pid == -1) break;
      if (pid != command_) continue;
      pidfd_.reset();
      how_.how = WIFEXITED(status) ? 0 : 1;
      how_.status =
          static_cast<uint32_t>(WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
      // What the command leaves running belongs to the container.
      if (!ending_) end();
    }
    if (ending_) end();
  }

  [[noreturn]] void end() {
    sendMessage(reports_, how_);
    exitWithoutDescriptors(0);
  }

  const CommandPlan& plan_;
  int reports_;
  int orders_;
  FrameReader inbox_;
  Fd ends_;
  Fd executed_;
  Fd pidfd_;
  pid_t command_ = 0;
  bool ending_ = false;
  // False until the attendant has checked the command's label, if there is one to check.
  bool mayReap_;
  ExitedMessage how_;
};

}  // namespace

void runGuardian(const CommandPlan& plan, int reports, int orders) noexcept {
  try {
    Guardian(plan, reports, orders).run();
  } catch (const SyscallError& cause) {
    try {
      sendMessage(reports, FailedMessage{static_cast<uint8_t>(Stage::kExec), 0,
                                         static_cast<uint32_t>(cause.error), cause.syscall,
                                         cause.subject, uint8_t{0}});
    } catch (const SyscallError&) {
    }
  } catch (...) {
  }
  exitWithoutDescriptors(kGone);
}

}  // namespace tslxc
