#include "native/monitor/init.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "native/base/descriptors.h"
#include "native/base/kernel-names.h"
#include "native/base/message.h"
#include "native/monitor/exec-failure.h"

namespace tslxc {
namespace {

constexpr int kSetupFailed = 125;
constexpr int kMonitorGone = 124;
constexpr int kFirstPassed = 3;

// End-of-file on the monitor's socket means that the monitor has died: then this container ends.
template <typename Message>
void await(int monitor) {
  const std::optional<RawMessage> message = receiveMessage(monitor);
  if (!message || message->kind != Message::kKind) _exit(kMonitorGone);
}

std::vector<int> masters(Interpreter& interpreter) {
  std::vector<int> all;
  for (const Pty& console : interpreter.consoles()) all.push_back(console.master.get());
  return all;
}

// Moves descriptors to 0, 1, 2 and 3, 4, …; all others close at execve. The console becomes the
// controlling terminal, and 0, 1, 2 unless the first three passed ones are. Sources are duplicated
// above the targets first, so that no move overwrites another.
void arrangeDescriptors(InitContext& context) {
  const int above = kFirstPassed + static_cast<int>(context.passed.size());
  const Fd console(check(
      fcntl(context.interpreter.consoles().front().slave.get(), F_DUPFD_CLOEXEC, above), "fcntl"));
  Fd socket(check(fcntl(context.monitor.get(), F_DUPFD_CLOEXEC, above), "fcntl"));
  std::vector<Fd> passed;
  for (const Fd& fd : context.passed) {
    passed.emplace_back(check(fcntl(fd.get(), F_DUPFD_CLOEXEC, above), "fcntl"));
  }
  check(ioctl(console.get(), TIOCSCTTY, 0), "ioctl", "TIOCSCTTY");
  const bool hasStreams = context.plan.header.standardStreams != 0;
  if (!hasStreams) {
    for (int fd = 0; fd < kFirstPassed; ++fd) check(dup2(console.get(), fd), "dup2");
  }
  const int first = hasStreams ? 0 : kFirstPassed;
  for (size_t i = 0; i < passed.size(); ++i) {
    check(dup2(passed[i].get(), first + static_cast<int>(i)), "dup2");
  }
  // The originals may have lain below `above` and be overwritten by now: they are not ours to
  // close.
  [[maybe_unused]] const int overwritten = context.monitor.release();
  for (Fd& fd : context.passed) [[maybe_unused]]
    const int old = fd.release();
  check(syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
  context.monitor = std::move(socket);
}

// Init keeps no other descriptor of the monitor's: its lock and its caller's channel must end with
// the monitor alone.
void closeOthers(const InitContext& context) {
  std::vector<int> own = context.interpreter.descriptors();
  own.push_back(context.monitor.get());
  for (const Fd& fd : context.passed) own.push_back(fd.get());
  closeAllBut(std::move(own));
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (const std::string& text : strings) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

void report(const InitContext& context, Stage stage, const SyscallError& cause,
            const ExecReason reason = ExecReason::kOther) {
  FailedMessage failed;
  failed.stage = static_cast<uint8_t>(stage);
  failed.step = static_cast<uint32_t>(context.interpreter.step());
  failed.error = static_cast<uint32_t>(cause.error);
  failed.syscall = cause.syscall;
  failed.subject = cause.subject.substr(0, 4096);
  failed.reason = static_cast<uint8_t>(reason);
  sendMessage(context.monitor.get(), failed);
}

[[noreturn]] void execute(InitContext& context) {
  arrangeDescriptors(context);
  const PlanHeader& header = context.plan.header;
  const std::vector<char*> argv = pointers(header.argv);
  const std::vector<char*> environment = pointers(header.environment);
  sendMessage(context.monitor.get(), ExecutingMessage{});
  context.failpoints.reach(Failpoint::kInitAfterExecuting);
  execve(argv.front(), argv.data(), environment.data());
  const int error = errno;
  const ExecFailure why = explainExecFailure(header.argv.front(), error);
  report(context, Stage::kExec, {error, "execve", why.subject}, why.reason);
  _exit(kSetupFailed);
}

}  // namespace

void runInit(InitContext context) noexcept {
  Stage stage = Stage::kInside;
  try {
    closeOthers(context);
    context.failpoints.reach(Failpoint::kInitBeforeProceed);
    await<ProceedMessage>(context.monitor.get());
    context.failpoints.reach(Failpoint::kInitAfterProceed);
    context.interpreter.run(context.plan.inside);
    stage = Stage::kExec;
    context.failpoints.reach(Failpoint::kInitBeforeReady);
    sendMessage(context.monitor.get(), ReadyMessage{}, masters(context.interpreter));
    context.failpoints.reach(Failpoint::kInitAfterReady);
    for (Pty& console : context.interpreter.consoles()) console.master.reset();
    await<ExecMessage>(context.monitor.get());
    context.failpoints.reach(Failpoint::kInitAfterExec);
    execute(context);
  } catch (const SyscallError& cause) {
    try {
      report(context, stage, cause);
    } catch (const SyscallError&) {
      // The monitor is gone, and with it the only reader of the report.
    }
    _exit(kSetupFailed);
  } catch (...) {
    _exit(kSetupFailed);
  }
}

}  // namespace tslxc
