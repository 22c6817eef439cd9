#include "native/monitor/restart.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "native/base/cgroup-removal.h"
#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/monitor/beginning.h"
#include "native/monitor/reap.h"
#include "native/monitor/start.h"
#include "native/plan/decode.h"

namespace tslxc {
namespace {

constexpr int kFailed = 1;
// How long processes that were put into the container's cgroups from outside may take to leave.
constexpr std::chrono::milliseconds kClearTime{1000};

struct Counterpart {
  Failpoint asked;
  Failpoint reached;
};

// A restart reaches the failpoints of a start; only those that are armed for a restart act there.
constexpr std::array kCounterparts{
    Counterpart{Failpoint::kRestartAfterPlan, Failpoint::kMonitorAfterPlan},
    Counterpart{Failpoint::kRestartAfterOutside, Failpoint::kMonitorAfterOutside},
    Counterpart{Failpoint::kRestartAfterClone, Failpoint::kMonitorAfterClone},
    Counterpart{Failpoint::kRestartAfterAgain, Failpoint::kMonitorAfterMapped},
    Counterpart{Failpoint::kRestartAfterProceed, Failpoint::kMonitorAfterProceed},
    Counterpart{Failpoint::kRestartAfterReady, Failpoint::kMonitorAfterReady},
    Counterpart{Failpoint::kRestartAfterExec, Failpoint::kMonitorAfterExec},
    Counterpart{Failpoint::kRestartAfterExecuting, Failpoint::kMonitorAfterExecuting},
    Counterpart{Failpoint::kRestartAfterRunning, Failpoint::kMonitorAfterRunning},
    Counterpart{Failpoint::kRestartedInitBeforeProceed, Failpoint::kInitBeforeProceed},
    Counterpart{Failpoint::kRestartedInitAfterProceed, Failpoint::kInitAfterProceed},
    Counterpart{Failpoint::kRestartedInitBeforeReady, Failpoint::kInitBeforeReady},
    Counterpart{Failpoint::kRestartedInitAfterReady, Failpoint::kInitAfterReady},
    Counterpart{Failpoint::kRestartedInitAfterExec, Failpoint::kInitAfterExec},
    Counterpart{Failpoint::kRestartedInitAfterExecuting, Failpoint::kInitAfterExecuting},
};

Failpoints failpointsOf(const PlanHeader& header) {
  Failpoints failpoints{Failpoint::kNone, static_cast<FailAction>(header.failAction), 0, getppid(),
                        header.failCount};
  for (const Counterpart& one : kCounterparts) {
    if (one.asked == static_cast<Failpoint>(header.failpoint)) failpoints.armed = one.reached;
  }
  return failpoints;
}

class Restart : public Start {
 public:
  using Start::Start;

  void usePreviousNetwork(Fd network) { previous_ = std::move(network); }

 protected:
  // The cgroups of init's previous life are still there.
  void awaitCgroups() override {}

  void beforeClone() override { clearCgroups(plan_.header.cgroups, kClearTime); }

  uint64_t cloneFlags() const override { return plan_.header.namespaces | CLONE_PARENT; }

  void runMapped() override {
    if (previous_.valid()) interpreter_.usePreviousNetwork(std::move(previous_));
    interpreter_.run(plan_.again);
    failpoints_.reach(Failpoint::kMonitorAfterMapped);
  }

  // The interfaces keep what the caller did to them at the first start.
  bool waitsForCaller() const override { return false; }

  // The monitor's consoles keep theirs.
  void openOutlets() override {}

  // From here on the monitor can end init itself.
  void takeMasters() override {
    std::vector<int> all{started_.pidfd.get()};
    if (started_.network.valid()) all.push_back(started_.network.get());
    for (const Fd& master : started_.masters) all.push_back(master.get());
    sendMessage(kAnswers, ReadyMessage{}, all);
    started_.masters.clear();
  }

  void tellOfSuccess() override {
    sendMessage(kAnswers, RunningMessage{static_cast<uint32_t>(started_.init), {}});
  }

 private:
  Fd previous_;
};

// Waits for the monitor to say who reports the reboot: a caller, or this process as its last act.
void tellIfAsked(FrameReader& inbox, const ReapProgram& reap) {
  for (;;) {
    while (const std::optional<RawMessage> message = inbox.next()) {
      if (message->kind == ContinueMessage::kKind) reap.execute();
      return;
    }
    if (inbox.read(kChannel) == FrameReader::Result::ended) return;
  }
}

void run(int passedCount) {
  becomeQuiet("tslxc-monitor");
  // Only now, since the exec has cleared it. If the monitor died before, the channel is closed.
  check(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");
  FrameReader inbox;
  const Plan plan = decodePlan(receivePlan(kChannel, inbox).body);
  const Failpoints failpoints = failpointsOf(plan.header);
  failpoints.reach(Failpoint::kMonitorAfterPlan);
  std::vector<Fd> passed = takeDescriptors(kFirstPassedDescriptor, passedCount);
  const int above = kFirstPassedDescriptor + passedCount;
  Fd previous(check(fcntl(kNetworkDescriptor, F_DUPFD_CLOEXEC, above), "fcntl", "network"));
  const ReapProgram reap(plan.header);
  const Fd runDirectory(check(
      open(plan.header.runDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", "run"));
  Restart start(plan, kChannel, inbox, runDirectory.get(), failpoints);
  start.usePreviousNetwork(std::move(previous));
  start.run(passed);
  tellIfAsked(inbox, reap);
}

}  // namespace

bool isRestart(int argc, char** argv) {
  return argc > 1 && std::strcmp(argv[1], kRestartWord) == 0;
}

int restart(int argc, char** argv) {
  closeOnExec(kChannel, kFirstPassedDescriptor + passedDescriptors(argc, argv));
  try {
    try {
      run(passedDescriptors(argc, argv));
      return 0;
    } catch (const FailedMessage& cause) {
      sendMessage(kAnswers, cause);
    } catch (const SyscallError& cause) {
      sendMessage(kAnswers, monitorFailure(cause));
    } catch (const MalformedBytes& cause) {
      sendMessage(kAnswers, monitorFailure({EBADMSG, "decode", cause.what}));
    } catch (const CallerGone&) {
    }
  } catch (const SyscallError&) {
    // The monitor is gone, and with it the receiver.
  }
  return kFailed;
}

}  // namespace tslxc
