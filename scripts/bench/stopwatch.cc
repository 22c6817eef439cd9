// Starts programs for `npm run bench` and takes their time, with less of its own than Node.js
// needs: a peer is not to be blamed for that.
//
//   stopwatch FILE
//
// Reads a request a line, its words separated by U+001F, and answers each with milliseconds and a
// number. stderr of what it runs goes to FILE.
//
//   run PROGRAM ARGUMENT…    until it has ended; its wait status
//   until PROGRAM ARGUMENT…  until it has written a byte to stdout; its pid, or 0 if it ended first
//   end PID VICTIM           kills VICTIM, and waits for PID, which `until` has started; its wait
//   status

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  size_t begin = 0;
  for (size_t end; (end = line.find('\x1f', begin)) != std::string::npos; begin = end + 1) {
    words.push_back(line.substr(begin, end - begin));
  }
  words.push_back(line.substr(begin));
  return words;
}

// 0 when it can't be run. The first word is the request.
pid_t launch(std::vector<std::string>& words, const char* errors, int output) {
  std::vector<char*> argv;
  for (size_t at = 1; at < words.size(); ++at) argv.push_back(words[at].data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
  if (output < 0) posix_spawn_file_actions_adddup2(&actions, 0, 1);
  if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : 0;
}

int waitFor(pid_t pid) {
  int status = -1;
  if (pid > 0) waitpid(pid, &status, 0);
  return status;
}

pid_t launchUntilOutput(std::vector<std::string>& words, const char* errors) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) return 0;
  const pid_t pid = launch(words, errors, output[1]);
  close(output[1]);
  char byte;
  const bool isUp = pid > 0 && read(output[0], &byte, 1) == 1;
  close(output[0]);
  if (isUp) return pid;
  waitFor(pid);
  return 0;
}

int act(std::vector<std::string>& words, const char* errors) {
  if (words[0] == "run") return waitFor(launch(words, errors, -1));
  if (words[0] == "until") return launchUntilOutput(words, errors);
  kill(atoi(words[2].c_str()), SIGKILL);
  return waitFor(atoi(words[1].c_str()));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> words = split(line);
    const double started = now();
    const int answer = act(words, argv[1]);
    printf("%.3f %d\n", now() - started, answer);
    fflush(stdout);
  }
  return 0;
}
