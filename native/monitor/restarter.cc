#include "native/monitor/restarter.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "native/base/clone.h"
#include "native/base/file.h"
#include "native/base/kernel-names.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/restart.h"
#include "native/plan/decode.h"

namespace tslxc {
namespace {

// The monitor waits longer than the start's own deadline.
constexpr std::chrono::milliseconds kGrace{2000};
// The same as when the reap program restarts (lib/driver/lifecycle/lifecycle.ts).
constexpr std::chrono::milliseconds kLongestPause{3200};
constexpr int kNotExecuted = 127;

// Passed under consecutive numbers: the channel, the network, the socket for answers, then what is
// passed on.
static_assert(kNetworkDescriptor == kChannel + 1 && kAnswers == kChannel + 2 &&
              kFirstPassedDescriptor == kChannel + 3);

struct Pair {
  Fd ours;
  Fd theirs;
};

Pair makePair(int type) {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

void kill(int pidfd) { syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0); }

void reap(int pidfd) {
  siginfo_t end{};
  retry([&] { return waitid(kPidfd, static_cast<id_t>(pidfd), &end, WEXITED); });
}

}  // namespace

void endProcess(int pidfd) {
  kill(pidfd);
  reap(pidfd);
}

void Farewell::ready(uint32_t) {
  reap(helper_.get());
  ended_ = true;
}

RestartAttempt::~RestartAttempt() {
  parts_.channel.reset();
  if (parts_.helper.valid()) endProcess(parts_.helper.get());
  if (restarted_.pidfd.valid()) endProcess(restarted_.pidfd.get());
}

void RestartAttempt::start(const std::string& plan) {
  // If the helper is gone, its other socket shows it.
  sendFrame(parts_.channel.get(), PlanMessage{plan});
}

void RestartAttempt::ready(uint32_t) {
  try {
    receive();
  } catch (const SyscallError&) {
    over_ = true;
  } catch (const MalformedBytes&) {
    over_ = true;
  }
}

void RestartAttempt::receive() {
  std::optional<RawMessage> message = receiveMessage(parts_.answers.get());
  if (!message || message->kind == FailedMessage::kKind) {
    over_ = true;
    return;
  }
  if (message->kind == RunningMessage::kKind) {
    restarted_.init = static_cast<pid_t>(fieldsOf<RunningMessage>(*message).init);
    over_ = runs_ = true;
    return;
  }
  const size_t first = parts_.hasNetwork ? 2 : 1;
  if (message->kind != ReadyMessage::kKind || message->descriptors.size() < first) {
    throw MalformedBytes{"the restart sent something other than 'ready'"};
  }
  restarted_.pidfd = std::move(message->descriptors[0]);
  if (parts_.hasNetwork) restarted_.network = std::move(message->descriptors[1]);
  for (size_t i = first; i < message->descriptors.size(); ++i) {
    restarted_.masters.push_back(std::move(message->descriptors[i]));
  }
}

std::optional<RestartedInit> RestartAttempt::take() {
  if (!runs_ || !restarted_.pidfd.valid()) return {};
  return std::move(restarted_);
}

std::unique_ptr<Farewell> RestartAttempt::finish(Teller teller) {
  if (teller == Teller::caller) {
    sendFrame(parts_.channel.get(), AcknowledgeMessage{});
  } else {
    sendFrame(parts_.channel.get(), ContinueMessage{});
  }
  return std::make_unique<Farewell>(std::move(parts_.helper));
}

Restarter::Restarter(const PlanHeader& header, std::string plan, const std::vector<Fd>& passed,
                     const Failpoints& failpoints)
    : wanted_(header.restarts != 0),
      lends_(header.keepNetwork != 0),
      name_(header.name),
      failpoints_(failpoints),
      deadline_(std::chrono::milliseconds(header.deadline) + kGrace) {
  if (!wanted_) return;
  plan_ = std::move(plan);
  for (const Fd& fd : passed) {
    passed_.emplace_back(check(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0), "fcntl"));
  }
}

// An interface may be lent at any time: the reap program has to find the descriptor under its fixed
// number.
void Restarter::keepNetwork(Fd network) {
  if (!network.valid()) return;
  dup2(network.get(), kNetworkDescriptor);
  if (wanted_) network_ = std::move(network);
}

// If the plan can't be read, something may be lent: the reap program must not be left out.
bool Restarter::lendsNetwork(int runDirectory) {
  try {
    readPlan(runDirectory);
  } catch (const SyscallError&) {
    return true;
  } catch (const MalformedBytes&) {
    return true;
  }
  return lends_;
}

void Restarter::readPlan(int runDirectory) {
  std::optional<std::string> changed = readFileIfThere(runDirectory, "plan");
  if (!changed) return;
  lends_ = decodePlan(*changed).header.keepNetwork != 0;
  if (wanted_) plan_ = std::move(*changed);
}

std::chrono::milliseconds Restarter::pause() {
  const auto now = std::chrono::steady_clock::now();
  const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_);
  const auto pause = std::min(pause_.after(life), kLongestPause);
  began_ = now + pause;
  return pause;
}

std::unique_ptr<RestartAttempt> Restarter::attempt() const {
  Pair channel = makePair(SOCK_STREAM);
  Pair answers = makePair(SOCK_SEQPACKET);
  Child helper = cloneProcess(0, -1);
  if (helper.pid == 0) execute(channel.theirs.get(), answers.theirs.get());
  channel.theirs.reset();
  answers.theirs.reset();
  auto attempt = std::make_unique<RestartAttempt>(RestartAttempt::Parts{
      std::move(helper.pidfd), std::move(channel.ours), std::move(answers.ours), network_.valid()});
  attempt->start(plan_);
  return attempt;
}

// The exec as uid 0 regains every capability of the bounding set. Sources are duplicated above the
// targets first, so that none is overwritten before it is used.
void Restarter::execute(int channel, int answers) const {
  restoreSignals();
  const int above = kFirstPassedDescriptor + static_cast<int>(passed_.size());
  const auto raised = [&](int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, above); };
  std::vector<int> sources{raised(channel), raised(network_.valid() ? network_.get() : 0),
                           raised(answers)};
  for (const Fd& fd : passed_) sources.push_back(raised(fd.get()));
  for (size_t i = 0; i < sources.size(); ++i) dup2(sources[i], kChannel + static_cast<int>(i));
  std::string count = std::to_string(passed_.size());
  std::string name = name_;
  std::array<std::string, 6> words{"tslxc-monitor", kRestartWord, "--name", name,
                                   "--descriptors", count};
  std::array<char*, 7> argv{};
  for (size_t i = 0; i < words.size(); ++i) argv[i] = words[i].data();
  char* environment[] = {nullptr};
  execve("/proc/self/exe", argv.data(), environment);
  _exit(kNotExecuted);
}

}  // namespace tslxc
