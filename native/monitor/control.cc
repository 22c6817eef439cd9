#include "native/monitor/control.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// One output frame; small enough that several clients get their turn.
constexpr size_t kOutputChunk = 32 * 1024;
// A client that leaves this many bytes of answers unread is not read from until it catches up.
constexpr size_t kMostUnsent = 16 * 1024;
// The pause between a failed accept and the next one.
constexpr std::chrono::milliseconds kAcceptPause{250};

// Clients that follow a console, and clients at all.
constexpr rlim_t kMostViewers = 64;
constexpr size_t kMostClients = 128;

rlim_t mostDescriptors() {
  rlimit limit{};
  check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  return limit.rlim_cur;
}

// Whether `descriptor` is one of those that the monitor reserves to start init again, to keep the
// log and to record the end. The kernel assigns the lowest free number, so a client gets such a
// high one only when few are left.
bool isReserved(int descriptor) {
  constexpr rlim_t kMostReserved = 32;
  const rlim_t most = mostDescriptors();
  return static_cast<rlim_t>(descriptor) >= most - std::min(kMostReserved, most / 4);
}

}  // namespace

Fd listenIn(int directory) {
  Fd socket(check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", directory);
  const mode_t before = umask(0177);
  const int bound = bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  umask(before);
  check(bound, "bind", "control");
  check(listen(socket.get(), 64), "listen", "control");
  return socket;
}

bool Viewers::enter() {
  if (count_ >= std::min<rlim_t>(kMostViewers, mostDescriptors() / 4)) return false;
  ++count_;
  return true;
}

ControlClient::ControlClient(Fd socket, std::vector<Console>& consoles, InitControl& init,
                             Viewers& viewers)
    : socket_(std::move(socket)), consoles_(consoles), init_(init), viewers_(viewers) {
  outbox_ = frameOf(HelloMessage{kControlVersion});
}

ControlClient::~ControlClient() {
  if (console_ == nullptr) return;
  console_->removeFollower(*this);
  viewers_.leave();
}

uint32_t ControlClient::wanted() const {
  if (gone_) return 0;
  const bool mayType = console_ == nullptr || console_->roomForInput();
  const bool heard = mayType && outbox_.size() < kMostUnsent;
  const uint32_t in = heard ? static_cast<uint32_t>(EPOLLIN) : 0U;
  return in | (outbox_.empty() ? 0U : static_cast<uint32_t>(EPOLLOUT));
}

void ControlClient::ready(uint32_t events) {
  if ((events & EPOLLOUT) != 0) pump();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
  if (inbox_.read(socket_.get()) == FrameReader::Result::ended) gone_ = true;
  try {
    while (const std::optional<RawMessage> message = inbox_.next()) handle(*message);
  } catch (const MalformedBytes&) {
    gone_ = true;
  }
}

void ControlClient::handle(const RawMessage& message) {
  switch (message.kind) {
    case AttachMessage::kKind:
      attach(fieldsOf<AttachMessage>(message));
      return;
    case InputMessage::kKind:
      if (console_ != nullptr) console_->input(message.body);
      return;
    case ResizeMessage::kKind: {
      const ResizeMessage size = fieldsOf<ResizeMessage>(message);
      if (console_ != nullptr) console_->resize(size.rows, size.columns);
      return;
    }
    case SignalMessage::kKind: {
      const int error = init_.signalInit(static_cast<int>(fieldsOf<SignalMessage>(message).number));
      outbox_ += frameOf(DoneMessage{static_cast<uint32_t>(error)});
      send();
      return;
    }
    case IntendMessage::kKind:
      intend(fieldsOf<IntendMessage>(message));
      return;
    case DestroyMessage::kKind:
      init_.destroyInit();
      return;
    case WatchMessage::kKind:
      if (!std::exchange(watches_, true)) init_.watcherArrived();
      return;
    default:
      throw MalformedBytes{"a message that no client may send"};
  }
}

void ControlClient::intend(const IntendMessage& message) {
  const auto end = static_cast<End>(message.end);
  const bool known = end <= End::kReboot || end == End::kUnhealthy;
  if (known) {
    init_.intendEnd(end, std::chrono::milliseconds(message.within));
  }
  outbox_ += frameOf(DoneMessage{known ? 0 : static_cast<uint32_t>(EINVAL)});
  send();
}

// 0, or the errno that the client gets.
int ControlClient::admitTo(uint8_t console) {
  if (console_ != nullptr) return EBUSY;
  if (console >= consoles_.size()) return ENXIO;
  return viewers_.enter() ? 0 : EUSERS;
}

void ControlClient::attach(const AttachMessage& request) {
  if (const int error = admitTo(request.console); error != 0) {
    outbox_ += frameOf(DoneMessage{static_cast<uint32_t>(error)});
    send();
    return;
  }
  console_ = &consoles_[request.console];
  const OutputRing& output = console_->output();
  const uint64_t start = request.replay == 1 ? output.oldest() : output.end();
  moveTo(start);
  console_->addFollower(*this);
  outbox_ += frameOf(AttachedMessage{start, static_cast<uint32_t>(output.end() - start)});
  pump();
}

// Sends the next output; a client that lagged too far is told what it missed. What its socket does
// not take of the frame goes into the outbox, which is empty before.
void ControlClient::sendOutput() {
  const OutputRing& output = console_->output();
  if (position() < output.oldest()) {
    outbox_ = frameOf(SkippedMessage{output.oldest() - position()});
    moveTo(output.oldest());
    return send();
  }
  const std::string_view bytes = output.from(position(), kOutputChunk);
  const std::string header = headerOf<OutputMessage>(bytes.size());
  const size_t sent = sendNow({header, bytes});
  moveTo(position() + bytes.size());
  if (sent < header.size()) outbox_ = header.substr(sent);
  outbox_ += bytes.substr(sent - std::min(sent, header.size()));
}

// How many of the bytes the socket takes now.
size_t ControlClient::sendNow(std::array<std::string_view, 2> parts) {
  std::array<iovec, 2> vectors;
  for (size_t i = 0; i < parts.size(); ++i) {
    vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  const ssize_t size =
      retry([&] { return sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
  // Whatever else it fails with, it is tried again: for its client, a socket that closes is the end
  // of the domain.
  if (size == -1 && (errno == EPIPE || errno == ECONNRESET)) gone_ = true;
  return size == -1 ? 0 : static_cast<size_t>(size);
}

void ControlClient::send() {
  while (!outbox_.empty() && !gone_) {
    const size_t size = sendNow({outbox_, {}});
    if (size == 0) return;
    outbox_.erase(0, size);
  }
  outbox_.shrink_to_fit();
}

void ControlClient::pump() {
  send();
  while (!gone_ && outbox_.empty() && console_ != nullptr) {
    if (position() == console_->output().end()) return setStalled(false);
    sendOutput();
  }
}

bool ControlClient::drained() const {
  return gone_ ||
         (outbox_.empty() && (console_ == nullptr || position() == console_->output().end()));
}

void ControlClient::finish(const ExitedMessage& exited) {
  pump();
  outbox_ += frameOf(exited);
  send();
}

ControlSocket::ControlSocket(Fd listener, EventLoop& loop, std::vector<Console>& consoles,
                             InitControl& init)
    : listener_(std::move(listener)), loop_(loop), consoles_(consoles), init_(init) {}

void ControlSocket::ready(uint32_t) {
  Fd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.valid()) {
    pausedUntil_ = Clock::now() + kAcceptPause;
    return;
  }
  if (clients_.size() >= kMostClients) return refuse(socket, EUSERS);
  if (isReserved(socket.get())) return refuse(socket, EMFILE);
  clients_.push_back(
      std::make_unique<ControlClient>(std::move(socket), consoles_, init_, viewers_));
  loop_.add(*clients_.back());
  clients_.back()->pump();
}

// In the place of `hello`: a connection that only closes would say that no monitor is there.
void ControlSocket::refuse(const Fd& socket, int error) {
  const std::string frame = frameOf(DoneMessage{static_cast<uint32_t>(error)});
  retry([&] {
    return ::send(socket.get(), frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  });
}

void ControlSocket::service() {
  for (const auto& client : clients_) {
    client->pump();
    if (!client->gone()) continue;
    loop_.remove(*client);
    if (client->watches()) init_.watcherLeft();
  }
  std::erase_if(clients_, [](const auto& client) { return client->gone(); });
}

void ControlSocket::finish(const ExitedMessage& exited) {
  for (const auto& client : clients_) client->finish(exited);
}

bool ControlSocket::drained() const {
  return std::all_of(clients_.begin(), clients_.end(),
                     [](const auto& client) { return client->drained(); });
}

}  // namespace tslxc
