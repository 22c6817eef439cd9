// Stands in the place of tslxc-monitor: becomes the real one, traced from its first instruction,
// and kills one of the processes of a start, a restart or an exec at one of its system calls. For
// sweeps over all of them.
//
// The file CONFIG says whom and when: `ROLE INDEX LOG`. ROLE is stage0, monitor, init, helper
// or reinit (of a restart), attendant, joiner, guardian or command (of an exec), or nobody;
// the victim dies on entry to its INDEXth system call, which is then not made. LOG gets a line for
// each of their system calls, and one for the kill.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace {

constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                          PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;

// A process of a start. What init executes, and the reap program, are left alone.
struct Tracee {
  std::string role;
  long calls = 0;
  bool counts = true;
};

struct Order {
  std::string role;
  long index = 0;
  std::string log;
};

class Tracer {
 public:
  Tracer(pid_t first, Order order, bool isExec) : order_(std::move(order)), isExec_(isExec) {
    log_ = fopen(order_.log.c_str(), "ae");
    if (log_ == nullptr) _exit(1);
    // It counts once it is the real monitor.
    tracees_[first] = {"stage0", 0, false};
  }

  void run() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
      if (pid <= 0) continue;
      if (WIFSTOPPED(status)) {
        stopped(pid, status);
      } else {
        tracees_.erase(pid);
      }
    }
    fclose(log_);
  }

 private:
  void stopped(pid_t pid, int status) {
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (!tracees_.contains(pid)) {
      // Its parent's event, which says who it is, is still to come.
      early_.insert(pid);
      return;
    }
    Tracee& tracee = tracees_[pid];
    if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
      adopt(pid, tracee);
    } else if (event == PTRACE_EVENT_EXEC) {
      if (tracee.role == "init" && isRestart(pid)) {
        tracee.role = "helper";
        tracee.calls = 0;
      } else if (tracee.role != "stage0") {
        ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
        tracees_.erase(pid);
        return;
      }
      tracee.counts = true;
    } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
      ptrace(PTRACE_LISTEN, pid, nullptr, nullptr);
      return;
    } else if (event == 0 && signal == (SIGTRAP | 0x80)) {
      called(pid, tracee);
    } else if (event == 0) {
      resume(pid, signal);
      return;
    }
    resume(pid, 0);
  }

  void adopt(pid_t parent, const Tracee& tracee) {
    unsigned long child = 0;
    ptrace(PTRACE_GETEVENTMSG, parent, nullptr, &child);
    tracees_[static_cast<pid_t>(child)] = {roleOfChild(tracee.role), 0, true};
    if (early_.erase(static_cast<pid_t>(child)) > 0) resume(static_cast<pid_t>(child), 0);
  }

  std::string roleOfChild(const std::string& parent) const {
    if (parent == "stage0") return isExec_ ? "attendant" : "monitor";
    if (parent == "attendant") return "joiner";
    if (parent == "joiner") return "guardian";
    if (parent == "guardian") return "command";
    return parent == "helper" ? "reinit" : "init";
  }

  static bool isRestart(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    std::string word;
    while (std::getline(file, word, '\0')) {
      if (word == "--restart" || word == "restart") return true;
    }
    return false;
  }

  void called(pid_t pid, Tracee& tracee) {
    if (!tracee.counts) return;
    __ptrace_syscall_info info{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) return;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
    tracee.calls += 1;
    fprintf(log_, "%s %ld %llu\n", tracee.role.c_str(), tracee.calls,
            static_cast<unsigned long long>(info.entry.nr));
    if (tracee.role != order_.role || tracee.calls != order_.index) return;
    fprintf(log_, "killed %s %ld\n", tracee.role.c_str(), tracee.calls);
    fflush(log_);
    kill(pid, SIGKILL);
  }

  void resume(pid_t pid, int signal) {
    ptrace(PTRACE_SYSCALL, pid, nullptr, reinterpret_cast<void*>(static_cast<long>(signal)));
  }

  Order order_;
  bool isExec_;
  FILE* log_;
  std::map<pid_t, Tracee> tracees_;
  std::set<pid_t> early_;
};

Order readOrder() {
  std::ifstream file(CONFIG);
  Order order;
  file >> order.role >> order.index >> order.log;
  return order;
}

// Hides its arguments and name, so that it is not taken for a monitor.
void becomeInvisible(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) std::memset(argv[i], 0, std::strlen(argv[i]));
  prctl(PR_SET_NAME, "death-tracer", 0, 0, 0);
}

[[noreturn]] void trace(pid_t first, int go, int argc, char** argv) {
  const bool isExec = argc > 1 && std::strcmp(argv[1], "exec") == 0;
  becomeInvisible(argc, argv);
  setsid();
  if (ptrace(PTRACE_SEIZE, first, nullptr, reinterpret_cast<void*>(kOptions)) != 0) _exit(1);
  ptrace(PTRACE_INTERRUPT, first, nullptr, nullptr);
  int status = 0;
  waitpid(first, &status, __WALL);
  Tracer tracer(first, readOrder(), isExec);
  ptrace(PTRACE_SYSCALL, first, nullptr, nullptr);
  if (write(go, "!", 1) != 1) _exit(1);
  for (int fd = 0; fd < 3; ++fd) close(fd);
  tracer.run();
  _exit(0);
}

}  // namespace

// One that looks at paths outlives the start that it was begun for, and is begun by any of them: it
// is no process of a start.
bool isLooker(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "look") == 0; }

int main(int argc, char** argv) {
  if (isLooker(argc, argv)) {
    execv(MONITOR, argv);
    return 127;
  }
  int go[2];
  if (pipe2(go, O_CLOEXEC) != 0) return 127;
  const pid_t self = getpid();
  const pid_t between = fork();
  if (between == 0) {
    if (fork() != 0) _exit(0);
    // The channel of the monitor must end with the monitor.
    for (int fd = 3; fd < 1024; ++fd) {
      if (fd != go[1]) close(fd);
    }
    trace(self, go[1], argc, argv);
  }
  waitpid(between, nullptr, 0);
  close(go[1]);
  char byte = 0;
  while (read(go[0], &byte, 1) == -1 && errno == EINTR) {
  }
  close(go[0]);
  execv(MONITOR, argv);
  return 127;
}
