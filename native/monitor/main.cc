// tslxc-monitor: one per container. Creates the container from the plan in its channel, is the
// parent of its init, pumps its consoles, records its end. Single-threaded; no NSS, no locale, no
// configuration but the plan.

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/base/message.h"
#include "native/monitor/asker.h"
#include "native/monitor/attendant.h"
#include "native/monitor/beginning.h"
#include "native/monitor/fitter.h"
#include "native/monitor/held-lock.h"
#include "native/monitor/keeper.h"
#include "native/monitor/link-sweep.h"
#include "native/monitor/looker.h"
#include "native/monitor/reap.h"
#include "native/monitor/reaper-turn.h"
#include "native/monitor/restart.h"
#include "native/monitor/restarter.h"
#include "native/monitor/script-runner.h"
#include "native/monitor/stage-zero.h"
#include "native/monitor/start.h"
#include "native/monitor/stop-signals.h"
#include "native/monitor/supervisor.h"
#include "native/monitor/watcher-start.h"
#include "native/plan/decode.h"

namespace tslxc {
namespace {

constexpr int kStartFailed = 1;
constexpr int kHandBackTime = 10'000;

pid_t peerOf(int channel) {
  ucred peer{};
  socklen_t size = sizeof peer;
  check(getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &peer, &size), "getsockopt");
  return peer.pid;
}

// Opens the monitor's own log of the first console; without it the container runs all the same.
KeptOutput openLog(const PlanHeader& header) {
  Fd directory;
  if (!header.logDirectory.empty()) {
    directory =
        Fd(open(header.logDirectory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  }
  return {0, ConsoleLog({std::move(directory), header.logFile, header.logBytes, {".1"}, true})};
}

// Opens a file that the definition asks for: if that fails, the start fails.
KeptOutput openOutputFile(const PlanHeader& header, size_t console) {
  const std::string& path = header.outputFiles[console];
  const size_t name = path.rfind('/') + 1;
  const std::string folder = path.substr(0, name);
  Fd directory(check(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open", path));
  std::vector<std::string> old;
  for (int number = 0; number < header.outputFileBackups; ++number) {
    old.push_back("." + std::to_string(number));
  }
  const std::vector<uint32_t>& fresh = header.freshOutputFiles;
  const bool isFresh = std::find(fresh.begin(), fresh.end(), console) != fresh.end();
  KeptOutput output{console, ConsoleLog({std::move(directory), path.substr(name),
                                         header.outputFileBytes, std::move(old)})};
  output.log.prepare(isFresh ? ConsoleLog::Beginning::anew : ConsoleLog::Beginning::behind, path);
  return output;
}

std::vector<KeptOutput> openLogs(const PlanHeader& header) {
  std::vector<KeptOutput> logs;
  logs.push_back(openLog(header));
  for (size_t console = 0; console < header.outputFiles.size(); ++console) {
    if (!header.outputFiles[console].empty()) logs.push_back(openOutputFile(header, console));
  }
  return logs;
}

// From the commit on, the container does not end with a signal to its monitor. Begins logs anew
// only once init runs its program, and before anything is read from its consoles: a start that
// fails loses none.
class FirstStart : public Start {
 public:
  using Start::Start;

  // `logs` must outlive this.
  void beginLogs(std::vector<KeptOutput>& logs) { logs_ = logs; }

 protected:
  // Init exists by now, and has not inherited this.
  void takeMasters() override { holdStopSignals(); }

  void tellOfSuccess() override {
    for (KeptOutput& kept : logs_) kept.log.begin();
    Start::tellOfSuccess();
  }

 private:
  std::span<KeptOutput> logs_;
};

class Monitor {
 public:
  explicit Monitor(Fd channel) : channel_(std::move(channel)) {}

  // Runs until the container has ended; returns when another process cleans up.
  void run();
  // Reports a failure to the caller.
  void tell(const FailedMessage& failed);
  // After a failed start: interfaces that the host has lent would be lost with init's network
  // namespace. It is kept until the caller has taken them back; without a caller, the reap program
  // does so.
  void handBack();

 private:
  Fd channel_;  // the supervisor takes it once the container runs
  FrameReader inbox_;
  Fd lock_;
  std::optional<ReapProgram> reap_;
  bool keepsNetwork_ = false;
};

void Monitor::run() {
  std::string bytes = receivePlan(channel_.get(), inbox_).body;
  Plan plan = decodePlan(bytes);
  const PlanHeader& header = plan.header;
  const Failpoints failpoints{static_cast<Failpoint>(header.failpoint),
                              static_cast<FailAction>(header.failAction), peerOf(channel_.get()), 0,
                              header.failCount};
  failpoints.reach(Failpoint::kMonitorAfterPlan);
  leaveCaller(header.monitorTasks);
  failpoints.reach(Failpoint::kMonitorAfterCgroups);
  const Fd runDirectory(check(open(header.runDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                              "open", header.runDirectory));
  // The monitor is alive as long as it holds this lock. A process that looks for the kept network
  // namespace reads the pid there, which is also that of the reap program.
  lock_ = holdLock(runDirectory.get(), "monitor.lock");
  failpoints.reach(Failpoint::kMonitorAfterLock);
  reap_.emplace(header);
  keepsNetwork_ = header.keepNetwork != 0;
  std::vector<Fd> consoles = takeDescriptors(kFirstPassedDescriptor, header.consoleDescriptors);
  std::vector<Fd> passed =
      takeDescriptors(kFirstPassedDescriptor + header.consoleDescriptors, header.passDescriptors);
  std::vector<KeptOutput> logs = openLogs(header);
  Restarter restarter(header, std::move(bytes), passed, failpoints);
  FirstStart start(plan, channel_.get(), inbox_, runDirectory.get(), failpoints);
  start.beginLogs(logs);
  StartedContainer started = start.run(passed);
  LinkSweep sweep;
  if (started.network.valid()) sweep.watch(started.init);
  restarter.keepNetwork(std::move(started.network));
  WatcherStart watcher(header, *reap_);
  Supervisor::Settings settings{header.replayBytes,
                                header.boot,
                                header.cgroups,
                                runDirectory.get(),
                                std::move(logs),
                                header.autodestroy != 0,
                                &restarter,
                                std::chrono::milliseconds(header.endPatience),
                                header.endRequest,
                                &watcher,
                                &sweep};
  plan = Plan{};
  Supervisor supervisor(std::move(settings), std::move(started), std::move(channel_),
                        std::move(inbox_), std::move(consoles));
  const bool isCleanedUp = supervisor.run();
  if (sweep.hasMany() && !restarter.lendsNetwork(runDirectory.get())) sweep.start();
  if (isCleanedUp) return;
  keepsNetwork_ = restarter.lendsNetwork(runDirectory.get());
  // The kept network namespace ends with this process, so another monitor's reaper can't do it.
  if (keepsNetwork_) reap_->execute();
  if (const auto turn = ReaperTurn::await(runDirectory.get())) reap_->execute(turn->variable());
}

void Monitor::tell(const FailedMessage& failed) {
  if (channel_.valid()) sendFrame(channel_.get(), failed);
}

void Monitor::handBack() {
  if (!keepsNetwork_ || !channel_.valid()) return;
  try {
    for (;;) {
      while (const std::optional<RawMessage> message = inbox_.next()) {
        if (message->kind == AcknowledgeMessage::kKind) return;
      }
      pollfd readable{channel_.get(), POLLIN, 0};
      if (poll(&readable, 1, kHandBackTime) == 0) break;
      if (inbox_.read(channel_.get()) == FrameReader::Result::ended) break;
    }
  } catch (const MalformedBytes&) {
  }
  reap_->execute();
}

}  // namespace
}  // namespace tslxc

int main(int argc, char** argv) {
  using namespace tslxc;
  if (isKeeper(argc, argv)) return keep(argc, argv);
  if (isAttendant(argc, argv)) return attend(argc, argv);
  if (isFitter(argc, argv)) return fit(argc, argv);
  if (isLooker(argc, argv)) return lookAtPaths();
  if (isScriptRunner(argc, argv)) return runScript(argv);
  if (isAsker(argc, argv)) return askInit(argc, argv);
  if (isRestart(argc, argv)) return restart(argc, argv);
  if (isSweep(argc, argv)) return sweepLinks();
  becomeMonitor(passedDescriptors(argc, argv));
  Monitor monitor((Fd(kChannel)));
  try {
    becomeQuiet("tslxc-monitor");
    monitor.run();
    return 0;
  } catch (const FailedMessage& cause) {
    monitor.tell(cause);
  } catch (const SyscallError& cause) {
    monitor.tell(monitorFailure(cause));
  } catch (const MalformedBytes& cause) {
    monitor.tell(monitorFailure({EBADMSG, "decode", cause.what}));
  } catch (const CallerGone&) {
  }
  monitor.handBack();
  return kStartFailed;
}
