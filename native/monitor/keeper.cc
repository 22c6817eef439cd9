#include "native/monitor/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "native/base/capability.h"
#include "native/base/error-text.h"
#include "native/base/message.h"
#include "native/base/process-id.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/keeper-log.h"
#include "native/monitor/kept-program.h"
#include "native/monitor/restart-pause.h"
#include "native/monitor/stage-zero.h"

namespace tslxc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kStartTime{10'000};
constexpr milliseconds kEndTime{2'000};
constexpr int kAnswerTime = 1000;
constexpr int kFailed = 1;
// Until what could not be looked at, or written, is tried again.
constexpr milliseconds kAgain{200};

// The capabilities that a network daemon needs to start and to drop root, and that it takes to end
// it then: CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID, NET_BIND_SERVICE, NET_ADMIN, NET_RAW.
constexpr uint64_t kNeeded =
    1 << 0 | 1 << 1 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 10 | 1 << 12 | 1 << 13;

struct Options {
  std::string lockFile;
  KeptCommand command;
  int descriptors = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  int i = 2;
  for (; i + 1 < argc && std::strcmp(argv[i], "--") != 0; i += 2) {
    const std::string_view name = argv[i];
    const char* const value = argv[i + 1];
    if (name == "--lock") options.lockFile = value;
    if (name == "--pid") options.command.pidFile = value;
    if (name == "--daemon-pid") options.command.daemonPidFile = value;
    if (name == "--descriptors") options.descriptors = std::atoi(value);
  }
  if (i + 1 >= argc || options.descriptors < 2) throw SyscallError{EINVAL, "keep", "arguments"};
  options.command.argv.assign(argv + i + 1, argv + argc + 1);
  return options;
}

// While the lock is held, the pid in the file is the keeper's.
Fd holdLock(int directory, const std::string& name) {
  Fd file(check(openat(directory, name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600),
                "openat", name));
  flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  check(fcntl(file.get(), F_OFD_SETLK, &lock), "fcntl", name);
  const std::string text = std::to_string(hostProcessId()) + "\n";
  check(ftruncate(file.get(), 0), "ftruncate", name);
  check(pwrite(file.get(), text.data(), text.size(), 0), "pwrite", name);
  return file;
}

// SIGHUP changes nothing, and must not end the keeper either.
sigset_t ourSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, number);
  return signals;
}

std::string describeEnd(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

class Keeper {
 public:
  Keeper(const Options& options, Fd& channel)
      : command_(options.command), channel_(channel), log_(kFirstPassedDescriptor + 1) {
    const sigset_t signals = ourSignals();
    check(sigprocmask(SIG_BLOCK, &signals, nullptr), "sigprocmask");
    signals_ = Fd(check(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
  }

  int run() {
    start();
    while (phase_ != Phase::over) waitOnce();
    return exitCode_;
  }

 private:
  enum class Phase { starting, running, pausing, ending, over };

  void start() {
    program_.emplace(command_);
    started_ = Clock::now();
    phase_ = Phase::starting;
    deadline_ = started_ + kStartTime;
  }

  bool hasDeadline() const { return phase_ != Phase::running && phase_ != Phase::over; }

  int timeLeft() const {
    if (!hasDeadline() && !again_) return -1;
    const auto next = std::min(again_.value_or(Clock::time_point::max()),
                               hasDeadline() ? deadline_ : Clock::time_point::max());
    const auto left = std::chrono::ceil<milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::max<decltype(left)>(left, 0));
  }

  void waitOnce() {
    pollfd entries[] = {{signals_.get(), POLLIN, 0},
                        {program_ ? program_->words() : -1, POLLIN, 0}};
    check(retry([&] { return poll(entries, 2, timeLeft()); }), "poll");
    if (entries[1].revents != 0) program_->readWords();
    if (entries[0].revents != 0) readSignals();
    if (again_ && Clock::now() >= *again_) tryAgain();
    if (hasDeadline() && Clock::now() >= deadline_) timeIsUp();
  }

  void readSignals() {
    signalfd_siginfo signal{};
    while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGCHLD) reap();
      if (signal.ssi_signo == SIGTERM) end();
    }
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = waitpid(-1, &status, WNOHANG);
      if (pid == -1 && errno == ECHILD && phase_ == Phase::ending) ended();
      if (pid <= 0) return;
      if (phase_ == Phase::starting && pid == program_->launcher()) launched(status);
      if (phase_ == Phase::running && pid == program_->daemon()) died(describeEnd(status));
    }
  }

  void launched(int status) {
    const auto found = status == 0 ? program_->findDaemon() : KeptProgram::Found::no;
    if (found == KeptProgram::Found::no) {
      died(describeEnd(status));
    } else if (found == KeptProgram::Found::unknown) {
      again_ = Clock::now() + kAgain;
    } else {
      phase_ = Phase::running;
      record();
      answer("started\n");
    }
  }

  void tryAgain() {
    again_.reset();
    if (phase_ == Phase::starting) launched(0);
    if (phase_ == Phase::running) record();
  }

  // The daemon serves, whether its pid could be written or not.
  void record() {
    try {
      program_->recordDaemon();
      isUnrecorded_ = false;
    } catch (const SyscallError& cause) {
      if (!std::exchange(isUnrecorded_, true)) {
        log_.append(
            "could not write its pid, and tries again",
            std::string(cause.syscall) + " " + cause.subject + ": " + errorText(cause.error));
      }
      again_ = Clock::now() + kAgain;
    }
  }

  void died(const std::string& how) {
    again_.reset();
    program_->readWords();
    const std::string said = program_->said();
    program_.reset();
    if (channel_.valid()) {
      answer("failed\n" + (said.empty() ? "it " + how : said));
      exitCode_ = kFailed;
      phase_ = Phase::over;
      return;
    }
    const auto lifetime = std::chrono::floor<milliseconds>(Clock::now() - started_);
    const milliseconds pause = pause_.after(lifetime);
    log_.append(how + ", starts again in " + std::to_string(pause.count()) + " ms", said);
    phase_ = Phase::pausing;
    deadline_ = Clock::now() + pause;
  }

  void end() {
    again_.reset();
    if (!program_) {
      phase_ = Phase::over;
    } else if (phase_ != Phase::ending) {
      program_->signal(SIGTERM);
      phase_ = Phase::ending;
      deadline_ = Clock::now() + kEndTime;
    }
  }

  void ended() {
    program_.reset();
    phase_ = Phase::over;
  }

  void timeIsUp() {
    if (phase_ == Phase::starting) {
      died("did not start to serve in time");
    } else if (phase_ == Phase::pausing) {
      start();
    } else {
      ended();
    }
  }

  // The caller may be gone; the program is kept all the same.
  void answer(std::string_view text) {
    if (channel_.valid()) sendAll(channel_.get(), text, kAnswerTime);
    channel_.reset();
  }

  const KeptCommand& command_;
  Fd& channel_;
  KeeperLog log_;
  Fd signals_;
  std::optional<KeptProgram> program_;
  RestartPause pause_;
  Phase phase_ = Phase::starting;
  Clock::time_point started_;
  // When the start, the pause or the end has to be over.
  Clock::time_point deadline_;
  // When to try again what could not be looked at, or written.
  std::optional<Clock::time_point> again_;
  bool isUnrecorded_ = false;
  int exitCode_ = 0;
};

// Whether the caller is gone. The process that undoes what a caller has begun finds the keeper by
// its lock: if the caller was killed before the lock was held, it was undone without the keeper.
bool isAbandoned(const Fd& channel) {
  pollfd entry{channel.get(), 0, 0};
  return check(retry([&] { return poll(&entry, 1, 0); }), "poll") > 0;
}

void becomeQuiet() {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_NAME, "tslxc-keeper", 0, 0, 0);
  ignoreBrokenPipes();
  check(chdir("/"), "chdir", "/");
}

}  // namespace

bool isKeeper(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "--keep") == 0; }

int keep(int argc, char** argv) {
  Fd channel(kChannel);
  try {
    Options options = parse(argc, argv);
    becomeKeeper(options.descriptors);
    becomeQuiet();
    options.command.directory = kFirstPassedDescriptor;
    constexpr int kOthers = 2;
    for (int i = kOthers; i < options.descriptors; ++i) {
      const Fd tasks(kFirstPassedDescriptor + i);
      check(write(tasks.get(), "0", 1), "write", "tasks of a cgroup");
    }
    limitBoundingSet(kNeeded);
    keepCapabilities(kNeeded);
    const Fd lock = holdLock(options.command.directory, options.lockFile);
    if (isAbandoned(channel)) return kFailed;
    return Keeper(options, channel).run();
  } catch (const SyscallError& cause) {
    const std::string text =
        "error " + std::to_string(cause.error) + " " + cause.syscall + " " + cause.subject + "\n";
    if (channel.valid()) sendAll(channel.get(), text, kAnswerTime);
    return kFailed;
  }
}

}  // namespace tslxc
