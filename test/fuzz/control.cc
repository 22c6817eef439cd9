// The control socket and a console. The bytes are a script of what up to four clients and the
// container do, in the monitor's own loop. A client sees what the container wrote, at its place;
// one that says something that it may not is let go, another is not.
#include "native/monitor/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "native/monitor/raw-follower.h"
#include "test/fuzz/script.h"
#include "test/fuzz/targets.h"
#include "test/fuzz/terminal.h"
#include "test/native/refusal.h"

namespace tslxc::fuzz {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostClients = 4;
constexpr size_t kRing = 1024;

// The byte that the container writes at this position of its output.
char outputAt(uint64_t position) { return static_cast<char>((position * 37) >> 3); }

class Init : public InitControl {
 public:
  int signalInit(int number) override { return number > 64 ? EINVAL : 0; }
  void destroyInit() override {}
  void intendEnd(End end, milliseconds within) override {
    assert((end <= End::kReboot || end == End::kUnhealthy) && within.count() >= 0);
  }
  void watcherArrived() override { ++watchers_; }
  void watcherLeft() override { assert(--watchers_ >= 0); }

 private:
  int watchers_ = 0;
};

Fd listenAnywhere() {
  Fd socket(check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // An abstract address that the kernel chooses: unix(7), autobind.
  check(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)), "bind");
  check(listen(socket.get(), kMostClients), "listen");
  return socket;
}

// Invalid when so many wait to be accepted that there is no room for another.
Fd connectTo(int listener) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  check(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  Fd socket(check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  const bool connected = ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0;
  assert(connected || errno == EAGAIN);
  return connected ? std::move(socket) : Fd();
}

// Whether a client may say this, by hand from lib/container/monitor/messages.ts.
bool isAllowed(uint8_t kind, size_t body) {
  switch (kind) {
    case AttachMessage::kKind:
      return body == 2;
    case InputMessage::kKind:
    case DestroyMessage::kKind:
    case WatchMessage::kKind:
      return true;
    case ResizeMessage::kKind:
      return body == 8;
    case SignalMessage::kKind:
      return body == 4;
    case IntendMessage::kKind:
      return body == 5;
    default:
      return false;
  }
}

bool isAllowed(std::string_view stream) {
  while (stream.size() >= sizeof(uint32_t)) {
    const uint32_t length = Reader(stream).u32();
    stream.remove_prefix(sizeof length);
    if (length == 0 || length > kLargestClientFrame) return false;
    if (stream.size() < length) return true;
    if (!isAllowed(static_cast<uint8_t>(stream.front()), length - 1)) return false;
    stream.remove_prefix(length);
  }
  return true;
}

class Client {
 public:
  explicit Client(Fd socket) : socket_(std::move(socket)) {}

  void say(std::string_view bytes) {
    const ssize_t size =
        retry([&] { return send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (size > 0) said_.append(bytes.substr(0, static_cast<size_t>(size)));
  }

  // Reads what there is, and compares it with an output of `written` bytes.
  void listen(uint64_t written) {
    FrameReader::Result result;
    while ((result = inbox_.read(socket_.get())) == FrameReader::Result::some) {
      while (const std::optional<RawMessage> message = inbox_.next()) hear(*message, written);
    }
    letGo_ = result == FrameReader::Result::ended;
  }

  // Of one that has been listened to for long enough.
  void checkEnd() const { assert(letGo_ == !isAllowed(said_)); }

 private:
  void hear(const RawMessage& message, uint64_t written) {
    assert(greeted_ == (message.kind != HelloMessage::kKind) && !over_);
    greeted_ = true;
    switch (message.kind) {
      case AttachedMessage::kKind:
        assert(!position_);
        position_ = fieldsOf<AttachedMessage>(message).dropped;
        break;
      case SkippedMessage::kKind:
        assert(position_);
        *position_ += fieldsOf<SkippedMessage>(message).bytes;
        break;
      case OutputMessage::kKind:
        assert(position_);
        for (const char byte : message.body) {
          assert(byte == outputAt(*position_));
          ++*position_;
        }
        break;
      case ExitedMessage::kKind:
        over_ = true;
        break;
      default:
        assert(message.kind == DoneMessage::kKind || message.kind == HelloMessage::kKind);
    }
    assert(!position_ || *position_ <= written);
  }

  Fd socket_;
  FrameReader inbox_;
  std::string said_;
  std::optional<uint64_t> position_;
  bool greeted_ = false;
  bool letGo_ = false;
  bool over_ = false;
};

// The monitor's part, and the container's end of the console.
class Session {
 public:
  Session() {
    consoles_.emplace_back(std::move(terminal_.master), kRing);
    source_.emplace(consoles_.front());
    loop_.add(*source_);
    Fd listener = listenAnywhere();
    listener_ = listener.get();
    control_.emplace(std::move(listener), loop_, consoles_, init_);
    loop_.add(*control_);
  }

  void act(Script& script) {
    constexpr unsigned kActions = 8;
    const unsigned byte = script.byte();
    std::optional<Client>& client = clients_[byte / kActions % kMostClients];
    switch (byte % kActions) {
      case 0:
        if (Fd socket; !client && (socket = connectTo(listener_)).valid()) {
          client.emplace(std::move(socket));
        }
        return;
      case 1: {
        const std::string_view bytes = script.take(script.byte());
        if (client) client->say(bytes);
        return;
      }
      case 2:
        sayFrame(client, script);
        return;
      case 3:
        if (client) client->listen(written_);
        return;
      case 4:
        writeOutput(size_t{1} + script.byte());
        return;
      case 5:
        writeOutput(size_t{16} * script.byte());
        return;
      case 6:
        client.reset();
        return;
      default:
        turn();
    }
  }

  // Everything is read until nothing is left to be done.
  void finish() {
    settle();
    for (const auto& client : clients_) {
      if (client) client->checkEnd();
    }
    control_->finish({});
    settle();
    assert(control_->drained());
  }

 private:
  void sayFrame(std::optional<Client>& client, Script& script) {
    constexpr std::array<uint8_t, 8> kKinds{
        AttachMessage::kKind, InputMessage::kKind,   ResizeMessage::kKind, SignalMessage::kKind,
        IntendMessage::kKind, DestroyMessage::kKind, HelloMessage::kKind,  0};
    const uint8_t byte = script.byte();
    const std::string_view body = script.take(byte / kKinds.size());
    Writer frame;
    frame.u32(static_cast<uint32_t>(body.size() + 1));
    frame.u8(kKinds[byte % kKinds.size()]);
    frame.bytes(body);
    if (client) client->say(frame.finish());
  }

  void writeOutput(size_t size) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(outputAt(written_ + i));
    const ssize_t wrote = write(terminal_.slave.get(), bytes.data(), bytes.size());
    if (wrote > 0) written_ += static_cast<uint64_t>(wrote);
  }

  bool readInput() {
    std::array<char, 4096> chunk;
    return read(terminal_.slave.get(), chunk.data(), chunk.size()) > 0;
  }

  // As Supervisor::turn().
  bool turn() {
    const bool some = loop_.runOnce(0);
    consoles_.front().writePendingInput();
    if (source_->waiting()) {
      consoles_.front().waited(milliseconds(20));
      source_->retryDrain();
    }
    control_->service();
    return some;
  }

  void settle() {
    constexpr int kMostTurns = 1000;
    int turns = 0;
    for (int still = 0; still < 3; ++turns) {
      for (auto& client : clients_) {
        if (client) client->listen(written_);
      }
      const bool typed = readInput();
      still = turn() || typed ? 0 : still + 1;
      assert(turns < kMostTurns);
    }
  }

  Init init_;
  Terminal terminal_;
  uint64_t written_ = 0;
  EventLoop loop_;
  std::vector<Console> consoles_;
  std::optional<ConsoleSource> source_;
  std::optional<ControlSocket> control_;
  int listener_ = -1;
  std::array<std::optional<Client>, kMostClients> clients_;
};

}  // namespace

void control(std::string_view bytes) {
  Script script(bytes);
  Session session;
  while (!script.over()) session.act(script);
  session.finish();
}

}  // namespace tslxc::fuzz
