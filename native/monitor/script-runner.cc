#include "native/monitor/script-runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "native/base/clone.h"
#include "native/base/error-text.h"
#include "native/base/fd.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/process-tree.h"

namespace tslxc {
namespace {

// The exit codes that a shell uses.
constexpr int kNotFound = 127;
constexpr int kNotExecuted = 126;
constexpr int kEnded = 1;
// The pause between two scans for what is left of a script that is being ended, in milliseconds.
constexpr int kLookPause = 10;

[[noreturn]] void execute(char** script) {
  // The runner itself may be killed, when the host is out of memory.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  restoreSignals();
  execve(script[0], script, environ);
  const int error = errno;
  dprintf(STDERR_FILENO, "%s: %s\n", script[0], errorText(error).c_str());
  _exit(error == ENOENT ? kNotFound : kNotExecuted);
}

Fd openSignals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGCHLD);
  check(sigprocmask(SIG_BLOCK, &ends, nullptr), "sigprocmask");
  return Fd(check(signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

class Runner {
 public:
  explicit Runner(char** script) : signals_(openSignals()) {
    script_ = cloneProcess(0, -1).pid;
    if (script_ == 0) execute(script);
    // The caller waits for end-of-file on these streams.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(stream);
  }

  int run() {
    while (!isToEnd()) {
      if (const std::optional<int> status = reap()) return endAs(*status);
    }
    endAll();
    return kEnded;
  }

 private:
  // Waits until a child has ended, or the caller is gone: then true.
  bool isToEnd() const {
    pollfd entries[] = {{signals_.get(), POLLIN, 0}, {kChannel, POLLIN, 0}};
    check(retry([&] { return poll(entries, 2, -1); }), "poll");
    // The caller writes nothing: the channel becomes readable only when it is closed.
    return entries[1].revents != 0;
  }

  void forgetSignals() const {
    signalfd_siginfo signal{};
    while (read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
    }
  }

  // How the script has ended, once it has. Other children may be what it has left running.
  std::optional<int> reap() const {
    forgetSignals();
    std::optional<int> end;
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == script_) end = status;
    }
    return end;
  }

  // The script's exit code; if a signal killed it, this process ends by the same signal.
  static int endAs(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    restoreSignals();
    raise(WTERMSIG(status));
    return kEnded;
  }

  // The children of a process that is killed become children of this one: as long as anything is
  // left, there is a child.
  void endAll() const {
    for (;;) {
      for (const TreeProcess& process : descendantsOf(getpid()).processes) {
        if (!process.ended) killProcess(process);
      }
      forgetSignals();
      pid_t pid = 0;
      while ((pid = waitpid(-1, nullptr, WNOHANG)) > 0) {
      }
      if (pid == -1) return;
      pollfd ends{signals_.get(), POLLIN, 0};
      poll(&ends, 1, kLookPause);
    }
  }

  Fd signals_;
  pid_t script_ = 0;
};

}  // namespace

bool isScriptRunner(int argc, char** argv) {
  return argc > 2 && std::strcmp(argv[1], "run-script") == 0;
}

int runScript(char** argv) {
  try {
    check(fcntl(kChannel, F_SETFD, FD_CLOEXEC), "fcntl", "the channel");
    prctl(PR_SET_NAME, "tslxc-script", 0, 0, 0);
    check(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl");
    constexpr int kScript = 2;
    return Runner(argv + kScript).run();
  } catch (const SyscallError& cause) {
    dprintf(STDERR_FILENO, "%s: %s\n", cause.syscall, errorText(cause.error).c_str());
    return kNotExecuted;
  }
}

}  // namespace tslxc
