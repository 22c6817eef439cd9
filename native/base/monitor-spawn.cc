#include "native/base/monitor-spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

struct Channel {
  Fd ours;
  Fd theirs;
};

Channel makeChannel() {
  int ends[2];
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
  Channel channel{Fd(ends[0]), Fd(ends[1])};
  check(fcntl(channel.ours.get(), F_SETFL, O_RDWR | O_NONBLOCK), "fcntl");
  return channel;
}

// Makes room for a plan that doesn't fit into the usual buffer; what still doesn't fit is written
// later.
void enlargeBuffer(int socket, size_t plan) {
  constexpr size_t kUsual = 64 << 10;
  constexpr size_t kMost = 16 << 20;
  if (plan <= kUsual) return;
  const int size = static_cast<int>(std::min(plan + kUsual, kMost));
  if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) == 0) return;
  check(setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size), "setsockopt");
}

// Sends as much as there is room for; returns the rest.
std::string_view sendSome(int socket, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t count = send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count == -1 && errno == EINTR) continue;
    if (count == -1 && errno == EAGAIN) return rest;
    // The monitor is dead. What it said before, and its end-of-file, are for the reader of the
    // channel.
    if (count == -1 && (errno == EPIPE || errno == ECONNRESET)) return {};
    check(count, "send", "plan");
    rest.remove_prefix(static_cast<size_t>(count));
  }
  return rest;
}

void sendRest(int socket, std::string_view rest) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(10);
  while (!rest.empty()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) throw SyscallError{ETIMEDOUT, "send", "plan"};
    pollfd entry{socket, POLLOUT, 0};
    const int ready = retry([&] { return poll(&entry, 1, static_cast<int>(left)); });
    if (check(ready, "poll") > 0) rest = sendSome(socket, rest);
  }
}

// posix_spawn's list of what the child does with its descriptors. All sources are copied out of the
// way first: a dup2 onto 3 must not close what should become 6.
class FileActions {
 public:
  explicit FileActions(size_t descriptors)
      : lowest_(kFirstPassedDescriptor + static_cast<int>(descriptors)) {
    posix_spawn_file_actions_init(&actions_);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  void null() {
    require(posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDWR, 0));
    require(posix_spawn_file_actions_adddup2(&actions_, 0, 1));
    require(posix_spawn_file_actions_adddup2(&actions_, 0, 2));
  }
  void close(int target) { require(posix_spawn_file_actions_addclose(&actions_, target)); }
  void give(int source, int target) {
    require(posix_spawn_file_actions_adddup2(&actions_, copy(source), target));
  }
  // A copy above all targets, which is closed with this object.
  int copy(int source) {
    const int duplicate = fcntl(source, F_DUPFD_CLOEXEC, lowest_);
    // What the kernel says when not even the lowest number is allowed (RLIMIT_NOFILE).
    if (duplicate == -1 && errno == EINVAL) throw SyscallError{EMFILE, "fcntl", {}};
    copies_.emplace_back(check(duplicate, "fcntl"));
    return copies_.back().get();
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  static void require(int error) {
    if (error != 0) throw SyscallError{error, "posix_spawn_file_actions", {}};
  }

  int lowest_;
  std::vector<Fd> copies_;
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    constexpr short kFlags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    posix_spawnattr_setflags(&attributes_, kFlags);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

pid_t spawnStageZero(const MonitorRequest& request, int channel) {
  FileActions actions(request.descriptors.size());
  const std::string path = "/proc/self/fd/" + std::to_string(actions.copy(request.executable));
  actions.null();
  actions.give(channel, kChannel);
  actions.close(kNetworkDescriptor);
  if (request.leafCgroup == -1) {
    actions.close(kLeafCgroup);
  } else {
    actions.give(request.leafCgroup, kLeafCgroup);
  }
  int target = kFirstPassedDescriptor;
  for (const int descriptor : request.descriptors) actions.give(descriptor, target++);

  std::vector<std::string> argv = request.argv;  // posix_spawn takes them as writable
  std::vector<char*> arguments;
  for (std::string& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::string variable = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {variable.data(), nullptr};

  pid_t pid = 0;
  const int error = posix_spawn(&pid, path.c_str(), actions.get(), Attributes().get(),
                                arguments.data(), environment);
  if (error != 0) throw SyscallError{error, "posix_spawn", argv.empty() ? "" : argv.front()};
  return pid;
}

void awaitStageZero(pid_t pid) {
  int status = 0;
  check(retry([&] { return waitpid(pid, &status, 0); }), "waitpid", "stage 0");
  if (status == 0) return;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : kCallerGone;
  if (code != kCallerGone) throw SyscallError{code, "clone3", "stage 0"};
  throw SyscallError{ECHILD, "waitpid", "stage 0"};
}

// A monitor that is not told to continue ends by itself. Waits for that, so that what it held has
// been released.
void giveUp(int channel) {
  shutdown(channel, SHUT_WR);
  constexpr int kPatience = 2000;
  pollfd entry{channel, POLLIN, 0};
  std::array<char, 64> words;
  while (retry([&] { return poll(&entry, 1, kPatience); }) > 0) {
    if (read(channel, words.data(), words.size()) <= 0) return;
  }
}

// Does what the monitor waits for, and tells it to continue. `rest` is what there was no room for
// before; returns what there is still no room for.
std::string goOnAfter(const std::function<void()>& prepare, int channel, std::string rest) {
  try {
    prepare();
  } catch (const SyscallError&) {
    giveUp(channel);
    throw;
  }
  rest += frameOf(ContinueMessage{});
  return std::string(sendSome(channel, rest));
}

}  // namespace

Fd spawnMonitor(const MonitorRequest& request, const std::function<void()>& prepare) {
  Channel channel = makeChannel();
  const int ours = channel.ours.get();
  enlargeBuffer(ours, request.plan.size());
  std::string rest(sendSome(ours, request.plan));
  const pid_t stageZero = spawnStageZero(request, channel.theirs.get());
  channel.theirs.reset();
  try {
    if (prepare) rest = goOnAfter(prepare, ours, std::move(rest));
  } catch (const SyscallError&) {
    int status = 0;
    retry([&] { return waitpid(stageZero, &status, 0); });
    throw;
  }
  awaitStageZero(stageZero);
  sendRest(ours, rest);
  return std::move(channel.ours);
}

void executeMonitor(const MonitorRequest& request, int channel) {
  awaitStageZero(spawnStageZero(request, channel));
}

void instructMonitor(int channel, std::string_view plan, const std::function<void()>& prepare) {
  enlargeBuffer(channel, plan.size());
  sendRest(channel, goOnAfter(prepare, channel, std::string(sendSome(channel, plan))));
}

}  // namespace tslxc
