// What a pty can carry without anything between, for `npm run bench`.
//
//   bare-pty BYTES PROGRAM ARGUMENT…
//
// Runs the program on a pty, writes a line to it, and prints the milliseconds until so many bytes
// have come back.

#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  int master = -1;
  const pid_t pid = forkpty(&master, nullptr, nullptr, nullptr);
  if (pid < 0) return 1;
  if (pid == 0) {
    execv(argv[2], argv + 2);
    _exit(127);
  }
  const double started = now();
  if (write(master, "\n", 1) != 1) return 1;
  static char buffer[65536];
  const long long wanted = atoll(argv[1]);
  long long got = 0;
  while (got < wanted) {
    const ssize_t size = read(master, buffer, sizeof buffer);
    if (size <= 0) return 1;
    got += size;
  }
  printf("%.3f\n", now() - started);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return 0;
}
