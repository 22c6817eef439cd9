#include "native/monitor/supervisor.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "native/base/cgroup-removal.h"
#include "native/base/kernel-names.h"
#include "native/base/oom-kills.h"
#include "native/base/syscall.h"
#include "native/monitor/asker.h"
#include "native/monitor/records.h"

namespace tslxc {
namespace {

using std::chrono::milliseconds;

// How long the last bytes may take to be delivered, and an owner to answer.
constexpr milliseconds kDeliveryTime{2000};
// A longer turn, which says more about the machine than about the readers, counts as this.
constexpr milliseconds kLongestTurn{100};
// A lost wake-up of a pty with pending input costs this many milliseconds.
constexpr int kInputRetry = 20;
constexpr int kForEver = -1;
// Milliseconds at once at most, where the plan names the time.
constexpr int kLongestWait = 3'600'000;
// Milliseconds between two looks at what the loop can't wait for: a host pty that is not watched,
// clients that could not be accepted, a process that could not be made.
constexpr int kLookPause = 250;
// While more output is coming, it is written to the logs in pieces of at least this size.
constexpr uint64_t kLogPiece = 64 * 1024;
// How long a killed init that is not frozen takes to end at most, on a machine that is not busy.
constexpr milliseconds kUsualEnd{10};

}  // namespace

Caller::Caller(Fd channel, FrameReader inbox, InitControl& init, Bond bond)
    : channel_(std::move(channel)), inbox_(std::move(inbox)), init_(init), bond_(bond) {
  handleMessages();
}

void Caller::ready(uint32_t) {
  if (inbox_.read(channel_.get()) == FrameReader::Result::ended) gone_ = true;
  handleMessages();
  if (gone_ && bond_ == Bond::life) init_.destroyInit();
}

void Caller::handleMessages() {
  try {
    while (const std::optional<RawMessage> message = inbox_.next()) {
      if (message->kind == OwnMessage::kKind) owns_ = true;
      if (message->kind == AcknowledgeMessage::kKind) acknowledged_ = true;
      if (message->kind == ContinueMessage::kKind) bond_ = Bond::none;
      if (message->kind == DestroyMessage::kKind) init_.destroyInit();
    }
  } catch (const MalformedBytes&) {
    gone_ = true;
  }
}

Supervisor::Supervisor(Settings settings, StartedContainer started, Fd channel, FrameReader inbox,
                       std::vector<Fd> consoleDescriptors)
    : settings_(std::move(settings)),
      pidfd_(std::move(started.pidfd)),
      logs_(std::move(settings_.logs)) {
  // A domain may have no console.
  std::erase_if(logs_,
                [&](const KeptOutput& kept) { return kept.console >= started.masters.size(); });
  consoles_.reserve(started.masters.size());
  for (Fd& master : started.masters) {
    consoles_.emplace_back(std::move(master), settings_.replayBytes);
  }
  addOutlets(started, std::move(consoleDescriptors));
  control_ = std::make_unique<ControlSocket>(std::move(started.listener), loop_, consoles_, *this);
  caller_ =
      std::make_unique<Caller>(std::move(channel), std::move(inbox), *this,
                               settings_.endsWithCaller ? Caller::Bond::life : Caller::Bond::none);
  stopSignals_ = std::make_unique<StopSignals>([this] { askInitToEnd(); });
  loop_.add(*this);
  loop_.add(*control_);
  loop_.add(*caller_);
  loop_.add(*stopSignals_);
}

void Supervisor::addOutlets(StartedContainer& started, std::vector<Fd> consoleDescriptors) {
  for (Console& console : consoles_) {
    consoleSources_.push_back(std::make_unique<ConsoleSource>(console));
    loop_.add(*consoleSources_.back());
  }
  for (size_t i = 0; i < started.hostTerminals.size(); ++i) {
    consolePaths_.push_back("/dev/pts/" + std::to_string(started.hostTerminals[i].index));
    hostTerminals_.push_back(
        std::make_unique<HostTerminal>(std::move(started.hostTerminals[i]), consoles_[i]));
    if (hostTerminals_.back()->watched()) loop_.add(*hostTerminals_.back());
    loop_.add(hostTerminals_.back()->follower());
  }
  for (Fd& descriptor : consoleDescriptors) {
    callersConsoles_.push_back(
        std::make_unique<RawFollower>(std::move(descriptor), consoles_.front()));
    callersConsoles_.back()->follow();
    loop_.add(*callersConsoles_.back());
  }
}

void Supervisor::ready(uint32_t) {
  siginfo_t end{};
  check(retry([&] { return waitid(kPidfd, static_cast<id_t>(pidfd_.get()), &end, WEXITED); }),
        "waitid");
  exited_.how = static_cast<uint8_t>(end.si_code == CLD_EXITED ? How::kExited : How::kKilled);
  exited_.status = static_cast<uint32_t>(end.si_status);
  ended_ = true;
  lookForOomKill();
  classifyEnd();
}

// Only the kernel and a process outside can kill init with SIGKILL, and the kernel counts an OOM
// kill before it kills. If another program of the host kills init after the kernel has OOM-killed
// another process in the container, that looks the same.
void Supervisor::lookForOomKill() {
  if (destroyRequested_) return;
  const std::optional<uint64_t> before = std::exchange(oomKills_, countOomKills(settings_.cgroups));
  const bool killed = exited_.how == static_cast<uint8_t>(How::kKilled);
  if (!killed || exited_.status != SIGKILL) return;
  if (!before || !oomKills_ || *oomKills_ <= *before) return;
  exited_.how = static_cast<uint8_t>(How::kOomKilled);
}

int Supervisor::signalInit(int number) {
  if (syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) == 0) return 0;
  return errno;
}

void Supervisor::destroyInit() {
  destroyRequested_ = true;
  signalInit(SIGKILL);
  frozenFrom_ = Clock::now() + kUsualEnd;
}

// Not at once: init usually ends in less time than a look at all of its cgroups takes.
void Supervisor::killFrozenIfDue() {
  if (ended_) frozenFrom_.reset();
  if (!frozenFrom_ || Clock::now() < *frozenFrom_) return;
  frozenFrom_.reset();
  try {
    killFrozen(settings_.cgroups);
  } catch (const SyscallError&) {
    // The clean-up kills what is in the cgroups, and reports why if that fails.
  }
}

// What was asked of init before stays the reason, if it is killed for being unhealthy meanwhile.
void Supervisor::intendEnd(End end, milliseconds within) {
  const bool held = intent_.end != End::kNone && Clock::now() < intent_.until;
  if (end == End::kUnhealthy && held) return;
  intent_ = {end, Clock::now() + within};
}

bool Supervisor::intends(End end) const {
  return intent_.end == end && Clock::now() < intent_.until;
}

// A signal that comes while init is being asked changes nothing; a later one has it asked again.
void Supervisor::askInitToEnd() {
  // A destroy that asks init to end is final, which a shutdown is not.
  if (!intends(End::kDestroy)) intendEnd(End::kShutdown, settings_.endPatience);
  askAgain_.reset();
  if (ended_ || (asker_ != nullptr && !asker_->over())) return;
  try {
    if (asker_ != nullptr) loop_.remove(*asker_);
    asker_ = std::make_unique<Farewell>(startAsker(settings_.endRequest, pidfd_.get()));
    loop_.add(*asker_);
  } catch (const SyscallError&) {
    // No process could be made. A host that shuts down tells a monitor only once.
    asker_.reset();
    askAgain_ = Clock::now() + milliseconds(kLookPause);
  }
}

// A shutdown that init does not heed is over after a while: then the watcher is missed again.
std::optional<int> Supervisor::watcherDue() const {
  const std::optional<int> due = settings_.watcher->due();
  if (!due || missesWatcher()) return due;
  if (ended_ || destroyRequested_) return {};
  const auto left = std::chrono::ceil<milliseconds>(intent_.until - Clock::now());
  return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), *due, kLongestWait));
}

void Supervisor::turn(int timeout) {
  const bool waiting = std::any_of(consoleSources_.begin(), consoleSources_.end(),
                                   [](const auto& source) { return source->waiting(); });
  const bool typing = std::any_of(consoles_.begin(), consoles_.end(),
                                  [](const Console& console) { return console.hasPendingInput(); });
  if (waiting || typing)
    timeout = timeout == kForEver ? kInputRetry : std::min(timeout, kInputRetry);
  const bool looking = unwatched() || control_->paused() || askAgain_;
  if (looking && (timeout == kForEver || timeout > kLookPause)) timeout = kLookPause;
  if (frozenFrom_ && (timeout == kForEver || timeout > kUsualEnd.count())) {
    timeout = static_cast<int>(kUsualEnd.count());
  }
  if (const std::optional<int> due = watcherDue()) {
    timeout = timeout == kForEver ? *due : std::min(timeout, *due);
  }
  if (backlog() > 0) timeout = 0;
  const auto began = Clock::now();
  const bool idle = !loop_.runOnce(timeout);
  killFrozenIfDue();
  if (askAgain_ && Clock::now() >= *askAgain_) askInitToEnd();
  if (missesWatcher()) settings_.watcher->startIfDue(loop_);
  if (idle || backlog() >= kLogPiece) keepOutput();
  if (typing) {
    for (Console& console : consoles_) console.writePendingInput();
  }
  if (waiting) countWaits(Clock::now() - began);
  control_->service();
  for (const auto& terminal : hostTerminals_) {
    terminal->lookAgain();
    terminal->pump();
  }
  for (const auto& follower : callersConsoles_) follower->pump();
  for (const auto& source : consoleSources_) {
    if (source->waiting()) source->retryDrain();
  }
}

void Supervisor::countWaits(Clock::duration time) {
  const milliseconds counted = std::min(std::chrono::ceil<milliseconds>(time), kLongestTurn);
  for (size_t i = 0; i < consoles_.size(); ++i) {
    if (consoleSources_[i]->waiting()) consoles_[i].waited(counted);
  }
}

bool Supervisor::run() {
  do {
    while (!ended_) turn(kForEver);
    catchUp();
  } while (startAgain());
  // Before another process can learn of the end, and start the container anew.
  for (KeptOutput& kept : logs_) kept.log.letGo();
  recordEnd();
  caller_->tell(exited_);
  const auto until = Clock::now() + kDeliveryTime;
  for (Console& console : consoles_) console.letGoOfSlave();
  drainConsoles();
  while (!everythingDelivered() && Clock::now() < until) turn(kInputRetry);
  keepOutput();
  control_->finish(exited_);
  while (!control_->drained() && Clock::now() < until) turn(kInputRetry);
  while (caller_->owns() && !caller_->acknowledged() && Clock::now() < until) turn(kInputRetry);
  return caller_->acknowledged();
}

bool Supervisor::unwatched() const {
  return std::any_of(hostTerminals_.begin(), hostTerminals_.end(),
                     [](const auto& terminal) { return !terminal->watched(); });
}

uint64_t Supervisor::backlog() const {
  uint64_t most = 0;
  for (const auto& [console, log] : logs_) {
    most = std::max(most, log.backlog(consoles_[console].output()));
  }
  return most;
}

void Supervisor::keepOutput() {
  for (auto& [console, log] : logs_) {
    const OutputRing& output = consoles_[console].output();
    if (log.backlog(output) > 0) log.write(output);
  }
}

// The last output is in the log before the end is reported. A pty holds some 64 KiB; if a process
// outside goes on writing to one, that is not waited for.
void Supervisor::catchUp() {
  constexpr int kMostReads = 64;
  for (Console& console : consoles_) {
    for (int i = 0; i < kMostReads && console.drain() == Console::Drained::some; ++i) {
    }
  }
  keepOutput();
}

// Every slave is closed by now, unless a process outside holds one: then the wait ends when no more
// output comes.
void Supervisor::drainConsoles() {
  constexpr int kSilentTurns = 5;
  int silent = 0;
  const auto open = [this] {
    return std::any_of(consoleSources_.begin(), consoleSources_.end(),
                       [](const auto& source) { return !source->ended(); });
  };
  const auto total = [this] {
    uint64_t bytes = 0;
    for (const Console& console : consoles_) bytes += console.output().end();
    return bytes;
  };
  const auto until = Clock::now() + kDeliveryTime;
  while (open() && silent < kSilentTurns && Clock::now() < until) {
    const uint64_t before = total();
    turn(kInputRetry);
    const bool waiting = std::any_of(consoleSources_.begin(), consoleSources_.end(),
                                     [](const auto& source) { return source->waiting(); });
    silent = total() == before && !waiting ? silent + 1 : 0;
  }
}

bool Supervisor::everythingDelivered() const {
  const auto followerDrained = [](const auto& follower) { return follower->drained(); };
  return control_->drained() &&
         std::all_of(callersConsoles_.begin(), callersConsoles_.end(), followerDrained) &&
         std::all_of(hostTerminals_.begin(), hostTerminals_.end(),
                     [](const auto& terminal) { return terminal->drained(); });
}

// A full disk must not keep the end from being reported to the clients.
void Supervisor::recordEnd() {
  try {
    writeExitRecord(settings_.runDirectory, exited_, settings_.boot);
  } catch (const SyscallError&) {
  }
}

}  // namespace tslxc
