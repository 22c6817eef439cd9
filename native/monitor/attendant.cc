#include "native/monitor/attendant.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "native/base/capability.h"
#include "native/base/clone.h"
#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/process-id.h"
#include "native/base/pty.h"
#include "native/monitor/anonymous-pair.h"
#include "native/monitor/beginning.h"
#include "native/monitor/command-request.h"
#include "native/monitor/joiner.h"
#include "native/monitor/label-check.h"
#include "native/monitor/process-tree.h"
#include "native/monitor/stage-zero.h"
#include "native/monitor/terminal-pump.h"

namespace tslxc {
namespace {

using ProcessKey = std::pair<pid_t, uint64_t>;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kFailed = 1;
constexpr uint64_t kCapKill = 1ULL << 5;  // CAP_KILL: whatever ids the command's processes have
// Milliseconds between two scans for processes that are still to be killed: at first, and at most.
constexpr int kFirstPause = 1;
constexpr int kLongestPause = 50;
// How long a guardian that has no process left may take to end.
constexpr milliseconds kGuardianTime{1000};
// How long the same killed processes may fail to end before the caller is told anyway.
constexpr milliseconds kStuckTime{2000};
// How long to wait for a caller that is busy with something else.
constexpr milliseconds kReadTime{5000};
// Passed descriptors: the pidfd of init, and the three streams or the terminal's stream.
constexpr size_t kWithPipes = 4;
constexpr size_t kWithTerminal = 2;

class Attendant {
 public:
  Attendant(int channel, bool detached) : channel_(channel), detached_(detached) {}

  void run(std::vector<Fd> passed, std::optional<TerminalRequest> request);
  void tell(const FailedMessage& failed) { sendFrame(channel_.get(), failed); }

 private:
  enum class Phase { starting, running, ending, over };

  void startJoiner(std::vector<Fd> passed);
  template <typename Message>
  void order(const Message& message);
  template <typename Message>
  void tellGuardian(const Message& message);
  Fd openTerminal(int init, Fd stream);
  void waitOnce();
  int timeLeft() const;
  void listenToCaller();
  bool listenInside();  // false when nothing could be received now
  void handle(const RawMessage& message);
  void executed(const RawMessage& ready);
  void insideIsGone();
  void fail(const FailedMessage& failed);
  void beginEnd();
  void endMore();
  void finish();
  void reap();
  void awaitAcknowledgement();

  Fd channel_;
  std::optional<TerminalRequest> request_;
  FrameReader inbox_;
  CommandPlan plan_;
  Fd inside_;  // reports from inside
  Fd orders_;  // orders to the guardian
  std::optional<TerminalPump> terminal_;
  pid_t joiner_ = 0;
  Phase phase_ = Phase::starting;
  bool detached_;  // the command goes on without its caller
  bool callerGone_ = false;
  bool acknowledged_ = false;
  bool executing_ = false;
  bool told_ = false;
  int pause_ = kFirstPause;
  std::set<ProcessKey> killed_;  // by the last scan
  Clock::time_point changed_;    // when killed_ last changed
  Clock::time_point deadline_;
  std::optional<Clock::time_point> alone_;
  ExitedMessage exited_{1, SIGKILL, 1};
};

void Attendant::run(std::vector<Fd> passed, std::optional<TerminalRequest> request) {
  request_ = request;
  plan_ = decodeCommandPlan(receivePlan(channel_.get(), inbox_).body);
  deadline_ = Clock::now() + milliseconds(plan_.header.deadline);
  leaveCaller(plan_.header.attendantTasks);
  startJoiner(std::move(passed));
  keepCapabilities(kCapKill);
  while (phase_ != Phase::over) waitOnce();
  reap();
  awaitAcknowledgement();
}

void Attendant::startJoiner(std::vector<Fd> passed) {
  const bool terminal = plan_.header.terminal != 0;
  if (passed.size() != (terminal ? kWithTerminal : kWithPipes)) throw MalformedBytes{"descriptors"};
  if (terminal != request_.has_value()) throw MalformedBytes{"terminal"};
  std::array<Fd, 2> reports = makeAnonymousPair();
  inside_ = std::move(reports[0]);
  std::array<int, 2> orders;
  check(pipe2(orders.data(), O_CLOEXEC), "pipe2");
  JoinerContext context{plan_, std::move(reports[1]), Fd(orders[0]), std::move(passed[0]), {}};
  orders_ = Fd(orders[1]);
  // Non-blocking, since a guardian that is stopped or frozen reads nothing.
  check(fcntl(orders_.get(), F_SETFL, O_WRONLY | O_NONBLOCK), "fcntl");
  if (terminal) {
    context.streams.push_back(openTerminal(context.init.get(), std::move(passed[1])));
  } else {
    for (size_t i = 1; i < kWithPipes; ++i) context.streams.push_back(std::move(passed[i]));
  }
  const std::string& path = plan_.header.unifiedCgroup;
  Fd cgroup;
  if (!path.empty()) {
    cgroup = Fd(check(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path));
  }
  const Child child = cloneProcess(0, cgroup.get());
  if (child.pid == 0) runJoiner(std::move(context));
  joiner_ = child.pid;
}

// Throws SyscallError when the guardian has ended, or no longer reads.
template <typename Message>
void Attendant::order(const Message& message) {
  writeFrame(orders_.get(), message);
}

// Does nothing if the guardian has ended, which the next poll shows.
template <typename Message>
void Attendant::tellGuardian(const Message& message) {
  if (!inside_.valid()) return;
  try {
    order(message);
  } catch (const SyscallError&) {
  }
}

// The container controls the path to its terminals, and can make this wait for as long as it likes:
// it is done here, where only this command is held up. The caller gives up when its time is over.
Fd Attendant::openTerminal(int init, Fd stream) {
  Pty pty = openPtyInside(openRootOf(init).get());
  check(fchown(pty.slave.get(), request_->owner, static_cast<gid_t>(-1)), "fchown", "/dev/pts");
  setWindowSize(pty.master.get(), request_->size);
  terminal_.emplace(std::move(pty.master), std::move(stream));
  return std::move(pty.slave);
}

void Attendant::waitOnce() {
  std::array<pollfd, 4> entries{{{callerGone_ ? -1 : channel_.get(), POLLIN, 0},
                                 {inside_.get(), POLLIN, 0},
                                 {-1, 0, 0},
                                 {-1, 0, 0}}};
  if (terminal_) terminal_->prepare(&entries[2]);
  check(retry([&] { return poll(entries.data(), entries.size(), timeLeft()); }), "poll");
  // The caller's messages come first: one that ends the command and then closes its terminal wants
  // everything ended, not only the terminal hung up.
  if (entries[0].revents != 0) listenToCaller();
  if (terminal_) terminal_->handle(&entries[2]);
  if (entries[1].revents != 0) listenInside();
  if (phase_ == Phase::starting && Clock::now() >= deadline_) {
    fail({static_cast<uint8_t>(Stage::kDeadline), 0, ETIMEDOUT, "poll",
          "waiting for the command to be executed", 0});
    beginEnd();
  }
  if (phase_ == Phase::ending) endMore();
  // What a command has written to its terminal before its end is still delivered.
  if (phase_ == Phase::running && told_ && (!terminal_ || terminal_->done())) phase_ = Phase::over;
}

int Attendant::timeLeft() const {
  int left = terminal_ ? terminal_->patience() : -1;
  const auto atMost = [&left](int limit) { left = left == -1 ? limit : std::min(left, limit); };
  if (phase_ == Phase::ending) atMost(pause_);
  if (phase_ == Phase::starting) {
    const auto rest = std::chrono::ceil<milliseconds>(deadline_ - Clock::now()).count();
    atMost(static_cast<int>(std::max<decltype(rest)>(rest, 0)));
  }
  return left;
}

void Attendant::listenToCaller() {
  callerGone_ = inbox_.read(channel_.get()) == FrameReader::Result::ended;
  try {
    while (const std::optional<RawMessage> message = inbox_.next()) {
      if (message->kind == DestroyMessage::kKind) beginEnd();
      if (message->kind == AcknowledgeMessage::kKind) acknowledged_ = true;
      if (message->kind == SignalMessage::kKind) tellGuardian(fieldsOf<SignalMessage>(*message));
      if (message->kind == ResizeMessage::kKind && terminal_) {
        const auto size = fieldsOf<ResizeMessage>(*message);
        terminal_->resize({static_cast<uint16_t>(size.rows), static_cast<uint16_t>(size.columns)});
      }
    }
  } catch (const MalformedBytes&) {
    callerGone_ = true;
  }
  if (!callerGone_ || (detached_ && phase_ == Phase::running && !told_)) return;
  // Without a caller there is no reader for what is left of the output of an ended command.
  if (told_ && phase_ == Phase::running) phase_ = Phase::over;
  beginEnd();
}

bool Attendant::listenInside() {
  RawMessage message;
  const Received received = tryReceive(inside_.get(), message);
  try {
    if (received == Received::message) handle(message);
    if (received == Received::ended) insideIsGone();
  } catch (const MalformedBytes&) {
    insideIsGone();
  } catch (const SyscallError&) {
    insideIsGone();
  }
  return received != Received::later;
}

void Attendant::handle(const RawMessage& message) {
  switch (message.kind) {
    case ExecutingMessage::kKind:
      executing_ = true;
      return;
    case FailedMessage::kKind:
      if (phase_ != Phase::starting) return;
      fail(fieldsOf<FailedMessage>(message));
      beginEnd();
      return;
    case ReadyMessage::kKind:
      if (phase_ == Phase::starting && executing_) {
        executed(message);
      } else if (!plan_.header.labelAttribute.empty()) {
        // Killed before it executed anything: there is no label to check.
        order(ContinueMessage{});
      }
      return;
    case ExitedMessage::kKind: {
      const auto said = fieldsOf<ExitedMessage>(message);
      exited_.how = said.how;
      exited_.status = said.status;
      exited_.requested = phase_ == Phase::ending ? 1 : 0;
      if (phase_ == Phase::running) finish();
      return;
    }
    default:
      return;
  }
}

// If there is a label to check, the guardian passes the command's pidfd, and does not reap the
// command until it is told to continue.
void Attendant::executed(const RawMessage& ready) {
  const CommandHeader& header = plan_.header;
  if (!header.labelAttribute.empty()) {
    if (ready.descriptors.empty()) throw MalformedBytes{"the guardian is ready without a command"};
    try {
      checkLabel(ready.descriptors.front().get(), header.labelAttribute, header.labels);
    } catch (const FailedMessage& failed) {
      fail(failed);
      beginEnd();
      return;
    }
    order(ContinueMessage{});
  }
  phase_ = Phase::running;
  sendFrame(channel_.get(), ExecutedMessage{});
}

// The guardian, or the joiner before it, is gone and can't report how the command ended.
void Attendant::insideIsGone() {
  inside_.reset();
  orders_.reset();
  if (phase_ == Phase::ending || told_) return;
  fail({static_cast<uint8_t>(Stage::kDeath), 0, 0, "", "the process that looks after the command",
        0});
  beginEnd();
}

void Attendant::fail(const FailedMessage& failed) {
  if (told_) return;
  told_ = true;
  sendFrame(channel_.get(), failed);
}

void Attendant::beginEnd() {
  if (phase_ == Phase::ending || phase_ == Phase::over) return;
  phase_ = Phase::ending;
  changed_ = Clock::now();
  tellGuardian(DestroyMessage{});
}

// Kills in rounds until no process is left: processes that one round orphans become the guardian's
// children, and the next finds them. Children of the attendant are the guardian, which goes last,
// and a joiner that is not done. A frozen process, or one blocked in the kernel, does not end: the
// rounds get rarer while they find nothing new, and after kStuckTime the caller is told anyway.
void Attendant::endMore() {
  bool guardian = false;
  bool news = false;
  std::set<ProcessKey> others;
  const Descendants found = descendantsOf(getpid());
  for (const TreeProcess& process : found.processes) {
    if (process.ended) continue;
    if (process.parent == getpid() && process.pid != joiner_) {
      guardian = true;
      if (alone_ && Clock::now() - *alone_ > kGuardianTime) killProcess(process);
      continue;
    }
    const ProcessKey key{process.pid, process.started};
    news = news || !killed_.contains(key);
    others.insert(key);
    killProcess(process);
  }
  pause_ = news ? kFirstPause : std::min(pause_ * 2, kLongestPause);
  if (others != killed_) changed_ = Clock::now();
  killed_ = std::move(others);
  if (!killed_.empty() || !found.areAll) {  // what could not be looked at may be there
    alone_.reset();
    if (Clock::now() - changed_ > kStuckTime) finish();
  } else if (guardian) {
    if (!alone_) alone_ = Clock::now();
  } else {
    // In the meantime the guardian may have reported how the command ended, and exited.
    pollfd last{inside_.get(), POLLIN, 0};
    while (poll(&last, 1, 0) > 0 && listenInside()) last.fd = inside_.get();
    finish();
    phase_ = callerGone_ ? Phase::over : Phase::running;
  }
}

void Attendant::finish() {
  if (terminal_) terminal_->programEnded();
  if (told_) return;
  told_ = true;
  sendFrame(channel_.get(), exited_);
}

// The joiner has ended, and the guardian is about to; if it is not, this process's end makes it.
void Attendant::reap() {
  const auto until = Clock::now() + kGuardianTime;
  for (;;) {
    const pid_t pid = waitpid(-1, nullptr, WNOHANG);
    if (pid == -1 || Clock::now() > until) return;
    if (pid == 0) poll(nullptr, 0, kFirstPause);
  }
}

// Keeps the socket open until the caller has read how the command ended: a caller that writes to a
// closed socket loses what it has not read yet.
void Attendant::awaitAcknowledgement() {
  const auto until = Clock::now() + kReadTime;
  while (!acknowledged_ && !callerGone_) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd channel{channel_.get(), POLLIN, 0};
    if (left <= 0 || poll(&channel, 1, static_cast<int>(left)) == 0) return;
    listenToCaller();
  }
}

}  // namespace

bool isAttendant(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "exec") == 0; }

int attend(int argc, char** argv) {
  const int passed = passedDescriptors(argc, argv);
  becomeMonitor(passed);
  Attendant attendant(kChannel, isDetached(argc, argv));
  try {
    becomeQuiet("tslxc-exec");
    attendant.run(takeDescriptors(kFirstPassedDescriptor, passed), terminalRequest(argc, argv));
    return 0;
  } catch (const SyscallError& cause) {
    attendant.tell(monitorFailure(cause));
  } catch (const MalformedBytes& cause) {
    attendant.tell(monitorFailure({EBADMSG, "decode", cause.what}));
  } catch (const CallerGone&) {
  }
  return kFailed;
}

}  // namespace tslxc
