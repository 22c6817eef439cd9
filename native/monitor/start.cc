#include "native/monitor/start.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "native/base/capability.h"
#include "native/base/kernel-names.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/mount.h"
#include "native/base/namespaces.h"
#include "native/base/oom-kills.h"
#include "native/base/owned-clone.h"
#include "native/base/path.h"
#include "native/base/process-id.h"
#include "native/monitor/control.h"
#include "native/monitor/init.h"
#include "native/monitor/label-check.h"
#include "native/monitor/records.h"

namespace tslxc {
namespace {

constexpr uint64_t kCapKill = 1ULL << 5;  // CAP_KILL: signals to an init of another uid

FailedMessage failure(Stage stage, uint32_t step, const SyscallError& cause) {
  return {static_cast<uint8_t>(stage),
          step,
          static_cast<uint32_t>(cause.error),
          cause.syscall,
          cause.subject,
          uint8_t{0}};
}

}  // namespace

Start::Start(const Plan& plan, int channel, FrameReader& inbox, int runDirectory,
             const Failpoints& failpoints)
    : plan_(plan),
      failpoints_(failpoints),
      channel_(channel),
      inbox_(inbox),
      runDirectory_(runDirectory),
      deadline_(std::chrono::steady_clock::now() +
                std::chrono::milliseconds(plan.header.deadline)) {}

StartedContainer Start::run(std::vector<Fd>& passed) {
  interpreter_.waitForCgroupsBy([this] { awaitCgroups(); });
  try {
    interpreter_.run(plan_.outside);
  } catch (const SyscallError& cause) {
    throw failure(Stage::kOutside, static_cast<uint32_t>(interpreter_.step()), cause);
  }
  failpoints_.reach(Failpoint::kMonitorAfterOutside);
  beforeClone();
  cloneInit(passed);
  failpoints_.reach(Failpoint::kMonitorAfterClone);
  try {
    mapInit();
    if (waitsForCaller()) pause();
    handshake();
  } catch (...) {
    killInit();
    throw;
  }
  return std::move(started_);
}

void Start::cloneInit(std::vector<Fd>& passed) {
  const std::string& path = plan_.header.unifiedCgroup;
  Fd cgroup;
  if (!path.empty()) {
    cgroup = Fd(check(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path));
  }
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  initSocket_ = Fd(ends[0]);
  Fd initEnd(ends[1]);
  Child child = cloneOwned(plan_.header.namespaceOwner, cloneFlags(), cgroup.get());
  if (child.pid == 0) {
    runInit({plan_, interpreter_, std::move(initEnd), passed, failpoints_});
  }
  started_.init = child.pid;
  started_.pidfd = std::move(child.pidfd);
  passed.clear();
}

// Init is waiting, and has run nothing in its namespaces yet. If this fails because init has died,
// init's death is reported instead.
void Start::mapInit() {
  try {
    mapLivingInit();
  } catch (...) {
    if (isEnding(started_.pidfd.get())) receiveFromInit();
    throw;
  }
}

void Start::mapLivingInit() {
  const PlanHeader& header = plan_.header;
  if (!header.uidMap.empty()) {
    mapIds(started_.init, header.uidMap, header.gidMap);
    interpreter_.useUserNamespace(openUserNamespace(started_.init));
  }
  openNetwork();
  try {
    runMapped();
  } catch (const SyscallError& cause) {
    throw failure(Stage::kMapped, static_cast<uint32_t>(interpreter_.step()), cause);
  }
}

void Start::runMapped() {
  interpreter_.run(plan_.mapped, [this] { failpoints_.reach(Failpoint::kMonitorAfterMapped); });
}

// Init has already been cloned, so it never inherits the kept descriptor. That is not closed on
// exec, since the reap program gives the interfaces back through it.
void Start::openNetwork() {
  if ((plan_.header.namespaces & CLONE_NEWNET) == 0) {
    close(kNetworkDescriptor);
    return;
  }
  Fd network = openNetworkNamespace(started_.init);
  check(dup2(network.get(), kNetworkDescriptor), "dup2", "network");
  started_.network = Fd(check(fcntl(network.get(), F_DUPFD_CLOEXEC, 0), "fcntl", "network"));
  interpreter_.useNetwork(std::move(network));
}

// Lets the caller do what only it can do to the new interfaces.
void Start::pause() {
  if (!sendFrame(channel_, ClonedMessage{static_cast<uint32_t>(started_.init)})) throw CallerGone{};
  awaitContinue("the caller to go on");
}

void Start::awaitCgroups() { awaitContinue("the cgroups to be made"); }

void Start::awaitContinue(const char* waitingFor) {
  for (;;) {
    if (const std::optional<RawMessage> answer = inbox_.next()) {
      if (answer->kind == ContinueMessage::kKind) return;
      throw MalformedBytes{"the caller sent something other than 'continue'"};
    }
    // Init, if it exists yet, is waiting too: a message from it means that it has failed or died.
    if (awaitEither(waitingFor)) {
      receiveFromInit();
      throw MalformedBytes{"init sent a message before it was told to go on"};
    }
  }
}

void Start::handshake() {
  tellInit(ProceedMessage{});
  failpoints_.reach(Failpoint::kMonitorAfterProceed);
  // While init works, do what it does not depend on.
  interpreter_.closeHandles();
  openOutlets();
  RawMessage ready = awaitInit("init to run its part of the plan");
  if (ready.kind != ReadyMessage::kKind)
    throw MalformedBytes{"init sent something other than 'ready'"};
  started_.masters = std::move(ready.descriptors);
  if (started_.masters.size() != plan_.header.consoles) throw MalformedBytes{"init's consoles"};
  recordMounts();
  failpoints_.reach(Failpoint::kMonitorAfterReady);
  takeMasters();
  failpoints_.reach(Failpoint::kMonitorBeforeExec);
  listenToCaller();
  tellInit(ExecMessage{});
  committed_ = true;
  failpoints_.reach(Failpoint::kMonitorAfterExec);
  const RawMessage executing = awaitInit("init to execute its program");
  if (executing.kind != ExecutingMessage::kKind) {
    throw MalformedBytes{"init sent something other than 'executing'"};
  }
  failpoints_.reach(Failpoint::kMonitorAfterExecuting);
  awaitExecve();
  checkLabel(started_.pidfd.get(), plan_.header.labelAttribute, plan_.header.labels);
  tellOfSuccess();
  failpoints_.reach(Failpoint::kMonitorAfterRunning);
}

// While nothing runs inside that could move the mounts. A target that is missing is left out.
void Start::recordMounts() {
  const std::vector<std::string>& targets = plan_.header.recorded;
  if (targets.empty()) return;
  std::vector<std::optional<MountIdentity>> mounts;
  try {
    const Fd root = openRootOf(started_.pidfd.get());
    for (const std::string& target : targets) {
      const Fd place = openInRootIfThere(root.get(), target, O_PATH);
      mounts.emplace_back();
      if (place.valid()) mounts.back() = identityOf(place.get(), target);
    }
  } catch (const SyscallError&) {
    if (isEnding(started_.pidfd.get())) receiveFromInit();
    throw;
  }
  writeMountsRecord(runDirectory_, {started_.init, targets, mounts});
}

void Start::openOutlets() {
  started_.listener = listenIn(runDirectory_);
  failpoints_.reach(Failpoint::kMonitorAfterListen);
  for (size_t i = 0; i < plan_.header.consoles; ++i) {
    started_.hostTerminals.push_back(openHostPty());
    makeRaw(started_.hostTerminals.back().slave.get());
    consolePaths_.push_back("/dev/pts/" + std::to_string(started_.hostTerminals.back().index));
  }
}

void Start::tellOfSuccess() {
  writeRunningRecord(runDirectory_, {started_.init, consolePaths_, 0});
  failpoints_.reach(Failpoint::kMonitorAfterRunningRecord);
  // Before `running` is sent, so that its receiver sees no more privileges than the monitor keeps.
  keepCapabilities(kCapKill);
  // After the commit the caller may be gone: then the message is lost.
  sendFrame(channel_, RunningMessage{static_cast<uint32_t>(started_.init), consolePaths_});
}

// If init has died, its last message or its death is reported instead of the failed send.
template <typename Message>
void Start::tellInit(const Message& message) {
  try {
    sendMessage(initSocket_.get(), message);
  } catch (const SyscallError& cause) {
    if (cause.error == EPIPE || cause.error == ECONNRESET) receiveFromInit();
    throw;
  }
}

// Init's end of the socket closes when execve succeeds; until then it may still report a failure.
// It closes as well when init is killed in the midst of it, as for want of memory for its
// arguments.
void Start::awaitExecve() {
  pollfd end{initSocket_.get(), POLLIN, 0};
  if (poll(&end, 1, remainingMilliseconds()) == 0) {
    throw FailedMessage{static_cast<uint8_t>(Stage::kDeadline), 0, ETIMEDOUT, "execve",
                        "waiting for execve to finish",         0};
  }
  const std::optional<RawMessage> last = receiveMessage(initSocket_.get());
  if (last && last->kind == FailedMessage::kKind) throw fieldsOf<FailedMessage>(*last);
  if (endsUnexecuted(started_.pidfd.get())) reportDeath();
  initSocket_.reset();
}

bool Start::awaitEither(const char* waitingFor) {
  std::array<pollfd, 2> ends{
      {{initSocket_.get(), POLLIN, 0}, {committed_ ? -1 : channel_, POLLIN, 0}}};
  const int count = retry([&] { return poll(ends.data(), ends.size(), remainingMilliseconds()); });
  if (check(count, "poll") == 0) {
    throw FailedMessage{static_cast<uint8_t>(Stage::kDeadline),   0, ETIMEDOUT, "poll",
                        std::string("waiting for ") + waitingFor, 0};
  }
  if (ends[1].revents != 0) listenToCaller();
  return ends[0].revents != 0;
}

RawMessage Start::awaitInit(const char* waitingFor) {
  while (!awaitEither(waitingFor)) {
  }
  return receiveFromInit();
}

RawMessage Start::receiveFromInit() {
  std::optional<RawMessage> message = receiveMessage(initSocket_.get());
  if (!message) reportDeath();
  if (message->kind == FailedMessage::kKind) throw fieldsOf<FailedMessage>(*message);
  return std::move(*message);
}

void Start::listenToCaller() {
  if (inbox_.read(channel_) == FrameReader::Result::ended) throw CallerGone{};
}

void Start::reportDeath() {
  siginfo_t end{};
  const int reaped =
      retry([&] { return waitid(kPidfd, static_cast<id_t>(started_.pidfd.get()), &end, WEXITED); });
  // ECHILD in a restart: init is a sibling, and the monitor, their parent, sees how it ended.
  if (reaped == -1 && errno != ECHILD) check(-1, "waitid");
  started_.init = 0;
  const bool exited = end.si_code == CLD_EXITED;
  const bool starved =
      !exited && end.si_status == SIGKILL && countOomKills(plan_.header.cgroups).value_or(0) > 0;
  const DeathReason reason = starved ? DeathReason::kOutOfMemory : DeathReason::kOther;
  throw FailedMessage{static_cast<uint8_t>(Stage::kDeath),
                      0,
                      ECHILD,
                      "waitid",
                      (exited ? "exit code " : "signal ") + std::to_string(end.si_status),
                      static_cast<uint8_t>(reason)};
}

void Start::killInit() noexcept {
  if (started_.init == 0) return;
  syscall(SYS_pidfd_send_signal, started_.pidfd.get(), SIGKILL, nullptr, 0);
  siginfo_t end{};
  const id_t pidfd = static_cast<id_t>(started_.pidfd.get());
  while (waitid(kPidfd, pidfd, &end, WEXITED) == -1 && errno == EINTR) {
  }
}

int Start::remainingMilliseconds() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

}  // namespace tslxc
