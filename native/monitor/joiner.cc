#include "native/monitor/joiner.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "native/base/clone.h"
#include "native/base/kernel-names.h"
#include "native/base/message.h"
#include "native/monitor/guardian.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

constexpr int kFailed = 1;
constexpr int kStreams = 3;
// The descriptors of the socket by which the guardian and the command report, and of the pipe of
// orders.
constexpr int kReports = kStreams;
constexpr int kOrders = kReports + 1;
// Above all targets.
constexpr int kAside = kOrders + 1;

class Joiner {
 public:
  explicit Joiner(JoinerContext context)
      : context_(std::move(context)), reports_(context_.reports.get()) {}

  void run() {
    stage_ = Stage::kOutside;
    interpreter_.run(context_.plan.outside);
    interpreter_.closeHandles();
    stage_ = Stage::kMonitor;
    const int namespaces = static_cast<int>(context_.plan.header.namespaces);
    check(setns(context_.init.get(), namespaces), "setns", "the namespaces of init");
    context_.init.reset();
    arrangeStreams();
    stage_ = Stage::kInside;
    interpreter_.run(context_.plan.inside);
    stage_ = Stage::kMonitor;
    // Once more: changes of ids and of the user namespace reset it.
    check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");
    // The attendant becomes the parent, so that it is told of the guardian's end.
    if (cloneProcess(CLONE_PARENT, -1).pid == 0) runGuardian(context_.plan, kReports, kOrders);
  }

  void report(const SyscallError& cause) noexcept {
    try {
      sendMessage(reports_, FailedMessage{static_cast<uint8_t>(stage_),
                                          static_cast<uint32_t>(interpreter_.step()),
                                          static_cast<uint32_t>(cause.error), cause.syscall,
                                          cause.subject.substr(0, 4096), uint8_t{0}});
    } catch (const SyscallError&) {
      // The attendant is gone, and with it the only reader of the report.
    }
  }

 private:
  // Leaves 0, 1, 2, the socket and the pipe open, and nothing else: the attendant's other
  // descriptors are closed before any process is inside.
  void arrangeStreams() {
    std::vector<Fd> aside;
    for (const Fd& stream : context_.streams) {
      aside.emplace_back(check(fcntl(stream.get(), F_DUPFD_CLOEXEC, kAside), "fcntl"));
    }
    const Fd reports(check(fcntl(reports_, F_DUPFD_CLOEXEC, kAside), "fcntl"));
    const Fd orders(check(fcntl(context_.orders.get(), F_DUPFD_CLOEXEC, kAside), "fcntl"));
    for (int target = 0; target < kStreams; ++target) {
      const size_t source = aside.size() == 1 ? 0 : static_cast<size_t>(target);
      check(dup2(aside.at(source).get(), target), "dup2");
    }
    check(dup3(reports.get(), kReports, O_CLOEXEC), "dup3");
    check(dup3(orders.get(), kOrders, O_CLOEXEC), "dup3");
    reports_ = kReports;
    // Not to be closed by these numbers, which are overwritten by now, or closed below.
    for (Fd& stream : context_.streams) [[maybe_unused]]
      const int old = stream.release();
    for (Fd* moved : {&context_.reports, &context_.orders}) [[maybe_unused]]
      const int old = moved->release();
    aside.clear();
    check(syscall(SYS_close_range, kOrders + 1, ~0U, 0), "close_range");
  }

  JoinerContext context_;
  Interpreter interpreter_;
  Stage stage_ = Stage::kMonitor;
  int reports_;
};

}  // namespace

void runJoiner(JoinerContext context) noexcept {
  Joiner joiner(std::move(context));
  try {
    joiner.run();
    _exit(0);
  } catch (const SyscallError& cause) {
    joiner.report(cause);
  } catch (...) {
  }
  _exit(kFailed);
}

}  // namespace tslxc
