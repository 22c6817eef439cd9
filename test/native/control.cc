// The control socket under clients that ask and do not read, that promise long frames, and that are
// more than there are descriptors: what they cost the monitor is bounded.
#include "native/monitor/control.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "native/base/pty.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Counts what it is asked for.
class Init : public InitControl {
 public:
  int signalInit(int) override {
    ++signals;
    return 0;
  }
  void destroyInit() override {}
  void intendEnd(End, milliseconds) override {}
  void watcherArrived() override { ++watchers; }
  void watcherLeft() override { --watchers; }

  size_t signals = 0;
  int watchers = 0;
};

// A control socket with one console, and the loop that serves it as the monitor does.
class Server {
 public:
  explicit Server(int directory) : directory_(directory) {
    Pty pty = openHostPty();
    makeRaw(pty.slave.get());
    consoles_.emplace_back(std::move(pty.master), 4096);
    control_.emplace(listenIn(directory), loop_, consoles_, init);
    loop_.add(*control_);
  }
  ~Server() { unlinkat(directory_, "control", 0); }

  // True when something was ready within `milliseconds`.
  bool turn(int timeout = 0) {
    const bool some = loop_.runOnce(timeout);
    control_->service();
    return some;
  }
  void settle() {
    for (int i = 0; i < 20; ++i) turn();
  }

  Fd connect() const {
    Fd socket(check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", directory_);
    check(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
          "connect");
    return socket;
  }

  Init init;

 private:
  int directory_;
  EventLoop loop_;
  std::vector<Console> consoles_;
  std::optional<ControlSocket> control_;
};

// What a client still has to send.
class Outgoing {
 public:
  explicit Outgoing(std::string bytes) : bytes_(std::move(bytes)) {}

  // False when nothing could be sent.
  bool sendTo(const Fd& socket) {
    const std::string_view rest = std::string_view(bytes_).substr(sent_);
    const ssize_t size =
        retry([&] { return send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL); });
    if (size <= 0) return false;
    sent_ += static_cast<size_t>(size);
    return true;
  }
  bool empty() const { return sent_ == bytes_.size(); }

 private:
  std::string bytes_;
  size_t sent_ = 0;
};

std::string signalsToInit(size_t count) {
  const std::string one = frameOf(SignalMessage{0});
  std::string all;
  for (size_t i = 0; i < count; ++i) all += one;
  return all;
}

// Whether the monitor has let the client go; what it has said until then is read.
bool isLetGo(const Fd& client) {
  std::array<char, 4096> chunk;
  ssize_t size;
  do {
    size = recv(client.get(), chunk.data(), chunk.size(), 0);
  } while (size > 0);
  return size == 0 || errno != EAGAIN;
}

constexpr size_t kRequests = 150'000;

void aClientThatDoesNotReadIsNotReadFrom(int directory) {
  Server server(directory);
  const Fd client = server.connect();
  Outgoing outgoing(signalsToInit(kRequests));
  for (int still = 0; still < 50 && !outgoing.empty();) {
    still = outgoing.sendTo(client) ? 0 : still + 1;
    server.turn();
  }
  // Without a limit all of them would have been answered into the monitor's memory.
  assert(!outgoing.empty() && server.init.signals < kRequests / 2);
  FrameReader answers;
  size_t done = 0;
  for (int still = 0; still < 50;) {
    const bool some = answers.read(client.get()) == FrameReader::Result::some;
    still = some || outgoing.sendTo(client) || server.turn() ? 0 : still + 1;
    while (const std::optional<RawMessage> message = answers.next()) {
      if (message->kind == DoneMessage::kKind) ++done;
    }
  }
  assert(outgoing.empty() && server.init.signals == kRequests && done == kRequests);
}

void aClientOfTheConsoleMaySendNoLongFrame(int directory) {
  Server server(directory);
  const Fd longFrame = server.connect();
  const Fd shortFrame = server.connect();
  Writer header;
  header.u32(kLargestClientFrame + 1);
  header.u8(InputMessage::kKind);
  assert(Outgoing(header.finish()).sendTo(longFrame));
  Writer whole;
  whole.u32(kLargestClientFrame);
  whole.u8(InputMessage::kKind);
  whole.bytes(std::string(kLargestClientFrame - 1, 'x'));
  Outgoing outgoing(whole.finish());
  while (!outgoing.empty()) {
    outgoing.sendTo(shortFrame);
    server.turn();
  }
  assert(Outgoing(signalsToInit(1)).sendTo(shortFrame));
  server.settle();
  assert(isLetGo(longFrame));
  assert(!isLetGo(shortFrame) && server.init.signals == 1);
}

// Lets this process have no descriptor more than it has now, but `more`.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const Fd next(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit fewer{static_cast<rlim_t>(next.get()) + more, before_.rlim_max};
    check(setrlimit(RLIMIT_NOFILE, &fewer), "setrlimit");
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// How often the loop wakes up in a third of a second.
int wakeUps(Server& server) {
  int count = 0;
  const auto until = Clock::now() + milliseconds(300);
  while (Clock::now() < until) count += server.turn(50) ? 1 : 0;
  return count;
}

void aFailingAcceptIsNoBusyLoop(int directory) {
  Server server(directory);
  const Fd client = server.connect();
  {
    const FewDescriptors none(0);
    assert(wakeUps(server) < 10);
  }
  std::array<char, 64> hello;
  ssize_t size = -1;
  for (const auto until = Clock::now() + milliseconds(5000); size <= 0 && Clock::now() < until;) {
    server.turn(50);
    size = recv(client.get(), hello.data(), hello.size(), 0);
  }
  assert(size == static_cast<ssize_t>(frameOf(HelloMessage{kControlVersion}).size()));
}

void clientsLeaveTheMonitorDescriptors(int directory) {
  constexpr rlim_t kFree = 40;
  Server server(directory);
  std::vector<Fd> clients;
  for (size_t i = 0; i < kFree; ++i) clients.push_back(server.connect());
  const FewDescriptors few(kFree);
  for (int i = 0; i < 100; ++i) server.turn();
  std::vector<Fd> own;
  for (;;) {
    Fd file(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!file.valid()) break;
    own.push_back(std::move(file));
  }
  assert(own.size() >= 20);
  own.clear();
  size_t served = 0;
  for (const Fd& client : clients) served += isLetGo(client) ? 0 : 1;
  assert(served >= 4 && served < kFree);
}

// Said twice or not, it is one watcher, and it is missed once.
void aWatcherThatIsGoneIsMissed(int directory) {
  Server server(directory);
  Fd client = server.connect();
  const Fd other = server.connect();
  Outgoing watch(frameOf(WatchMessage{}) + frameOf(WatchMessage{}));
  while (!watch.empty()) assert(watch.sendTo(client));
  server.settle();
  assert(server.init.watchers == 1);
  client.reset();
  server.settle();
  assert(server.init.watchers == 0);
}

}  // namespace
}  // namespace tslxc::test

int main(int argc, char** argv) {
  using namespace tslxc;
  using namespace tslxc::test;
  assert(argc == 2);
  const Fd directory(check(open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC), "open", argv[1]));
  aClientThatDoesNotReadIsNotReadFrom(directory.get());
  aClientOfTheConsoleMaySendNoLongFrame(directory.get());
  aFailingAcceptIsNoBusyLoop(directory.get());
  clientsLeaveTheMonitorDescriptors(directory.get());
  aWatcherThatIsGoneIsMissed(directory.get());
}
