// Runs a program and kills it, with all its threads, on entry to one of the system calls that it
// makes between two SIGUSR2 that it sends itself, which it does not get. `caller-tracer INDEX LOG
// PROGRAM…`: INDEX counts from 1 over all threads, 0 is never. LOG gets `calls N` at the second
// signal, or `killed`. Processes that it starts are left alone.

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace {

class CallerTracer {
 public:
  CallerTracer(pid_t program, long index, FILE* log)
      : program_(program), index_(index), log_(log), threads_{program} {}

  // The exit status of the program, as a shell has it.
  int run() {
    int status = 0;
    int end = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
      if (pid <= 0) continue;
      if (WIFSTOPPED(status)) {
        stopped(pid, status);
        continue;
      }
      threads_.erase(pid);
      if (pid == program_) end = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return end;
  }

 private:
  void stopped(pid_t pid, int status) {
    threads_.insert(pid);
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
      ptrace(PTRACE_LISTEN, pid, nullptr, nullptr);
    } else if (event != 0) {
      resume(pid, 0);
    } else if (signal == (SIGTRAP | 0x80)) {
      called(pid);
      resume(pid, 0);
    } else if (signal == SIGUSR2) {
      mark();
      resume(pid, 0);
    } else {
      resume(pid, signal);
    }
  }

  void mark() {
    counting_ = !counting_;
    if (counting_) {
      for (const pid_t thread : threads_) ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
      return;
    }
    fprintf(log_, "calls %ld\n", calls_);
    fflush(log_);
  }

  void called(pid_t pid) {
    if (!counting_) return;
    __ptrace_syscall_info info{};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) return;
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
    calls_ += 1;
    if (calls_ != index_) return;
    kill(program_, SIGKILL);
    fprintf(log_, "killed\n");
    fflush(log_);
  }

  void resume(pid_t pid, int signal) {
    ptrace(counting_ ? PTRACE_SYSCALL : PTRACE_CONT, pid, nullptr,
           reinterpret_cast<void*>(static_cast<long>(signal)));
  }

  pid_t program_;
  long index_;
  FILE* log_;
  std::set<pid_t> threads_;
  bool counting_ = false;
  long calls_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  FILE* log = fopen(argv[2], "ae");
  if (log == nullptr) return 2;
  const pid_t program = fork();
  if (program == 0) {
    // Until its tracer is there.
    raise(SIGSTOP);
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  int status = 0;
  waitpid(program, &status, WUNTRACED);
  if (ptrace(PTRACE_SEIZE, program, nullptr, reinterpret_cast<void*>(kOptions)) != 0) {
    perror("ptrace");
    kill(program, SIGKILL);
    return 2;
  }
  kill(program, SIGCONT);
  return CallerTracer(program, std::atol(argv[1]), log).run();
}
