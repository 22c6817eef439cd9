#include "test/fuzz/attendant-world.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "native/base/capability.h"
#include "native/base/clone.h"
#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/process-id.h"
#include "native/monitor/anonymous-pair.h"
#include "native/monitor/beginning.h"
#include "native/monitor/joiner.h"
#include "native/monitor/label-check.h"
#include "native/monitor/stage-zero.h"
#include "test/native/refusal.h"

extern "C" {
int __real_poll(pollfd* entries, nfds_t count, int timeout);
int __real_pipe2(int* ends, int flags);
}

namespace tslxc::fuzz {
namespace {

constexpr int kMostPassed = 6;
constexpr int kPastPassed = kFirstPassedDescriptor + kMostPassed;
constexpr int kMostTurns = 20'000;

AttendantWorld* world = nullptr;

// Above all numbers that the attendant expects something at.
Fd openNull() {
  const Fd null(check(open("/dev/null", O_RDWR | O_CLOEXEC), "open", "/dev/null"));
  return Fd(check(fcntl(null.get(), F_DUPFD_CLOEXEC, kPastPassed), "fcntl"));
}

std::array<Fd, 2> pairOf(int type) {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

void sayIfHeard(const Fd& socket, std::string_view bytes) {
  if (socket.valid()) send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void placeAt(int number, const Fd& fd) { check(dup2(fd.get(), number), "dup2"); }

// Keeps the numbers at which the attendant expects something from being given to other files.
void keepNumbers() {
  const Fd null = openNull();
  for (int fd = kChannel; fd < kPastPassed; ++fd) placeAt(fd, null);
}

// Before anything else is opened.
[[maybe_unused]] const bool kept = (keepNumbers(), true);

}  // namespace

AttendantWorld::AttendantWorld(Script script, std::string_view plan) : script_(script) {
  std::array<Fd, 2> ends = pairOf(SOCK_STREAM);
  caller_ = std::move(ends[0]);
  channel_ = std::move(ends[1]);
  terminal_.emplace();
  world = this;
  sayIfHeard(caller_, plan);
  told_ = !plan.empty();
}

AttendantWorld::~AttendantWorld() { world = nullptr; }

void AttendantWorld::passDescriptors(int count) {
  placeAt(kChannel, channel_);
  channel_.reset();
  // What stands for init's pidfd, and for the streams.
  const Fd null = openNull();
  for (int i = 0; i < std::min(count, kMostPassed); ++i) placeAt(kFirstPassedDescriptor + i, null);
}

void AttendantWorld::passWithTerminal(int count) {
  passDescriptors(count);
  if (count < 2) return;
  std::array<Fd, 2> ends = pairOf(SOCK_STREAM);
  stream_ = std::move(ends[0]);
  placeAt(kFirstPassedDescriptor + 1, ends[1]);
}

void AttendantWorld::takeDescriptorsBack() { keepNumbers(); }

int AttendantWorld::poll(pollfd* entries, nfds_t count, int wanted) {
  const int timeout = std::max(wanted, -1);
  for (;;) {
    assert(++turns_ < kMostTurns);
    const int ready = __real_poll(entries, count, 0);
    if (ready != 0 || timeout == 0) return ready;
    if (passing_ == 0 && !script_.over()) {
      act();
      continue;
    }
    const bool forEver = timeout == -1;
    const int left = passing_ > 0 || forEver ? passing_ : timeout;
    const int time = forEver ? left : std::min(timeout, left);
    now_ += std::chrono::milliseconds(time);
    passing_ -= std::min(passing_, time);
    if (!forEver && time == timeout) return 0;
    if (forEver && script_.over()) letGo();
  }
}

// Nothing else happens any more, and the attendant waits for something.
void AttendantWorld::letGo() {
  if (stream_.valid()) return stream_.reset();
  assert(caller_.valid());
  callerLeaves();
}

void AttendantWorld::act() {
  // Several things at once: the attendant sees all of them.
  constexpr unsigned kMore = 0x80;
  for (unsigned byte = kMore; (byte & kMore) != 0 && !script_.over();) {
    byte = script_.byte();
    const unsigned what = byte >> 2 & 0x1f;
    switch (byte & 3) {
      case 0:
        actAsCaller(what % 8);
        break;
      case 1:
        actInside(what % 10);
        break;
      case 2:
        actOnTerminal(what % 6);
        break;
      default:
        passing_ += script_.number();
        return;
    }
  }
}

void AttendantWorld::actAsCaller(unsigned what) {
  switch (what) {
    case 0:
      return callerLeaves();
    case 1:
      return sayIfHeard(caller_, frameOf(DestroyMessage{}));
    case 2:
      return sayIfHeard(caller_, frameOf(AcknowledgeMessage{}));
    case 3:
      return sayIfHeard(caller_, frameOf(SignalMessage{script_.byte()}));
    case 4:
      return sayIfHeard(caller_, frameOf(ResizeMessage{script_.number(), script_.number()}));
    case 5:
      return sayFrame();
    case 6:
      return sayIfHeard(caller_, script_.take(script_.byte()));
    default:
      badLabel_ = !badLabel_;
  }
}

void AttendantWorld::sayFrame() {
  Writer frame;
  const uint8_t kind = script_.byte();
  const std::string_view body = script_.take(script_.byte());
  frame.u32(static_cast<uint32_t>(body.size() + 1));
  frame.u8(kind);
  frame.bytes(body);
  sayIfHeard(caller_, frame.finish());
}

void AttendantWorld::actInside(unsigned what) {
  Writer fields;
  switch (what) {
    case 0:
      return inside_.reset();
    case 1:
      return sendInside(ExecutingMessage::kKind, {}, 0);
    case 2:
      return sendInside(ReadyMessage::kKind, {}, 0);
    case 3:
      return sendInside(ReadyMessage::kKind, {}, 1);
    case 4:
      encode(fields, ExitedMessage{script_.byte(), script_.byte(), script_.byte()});
      return sendInside(ExitedMessage::kKind, fields.finish(), 0);
    case 5:
      encode(fields, FailedMessage{script_.byte(), 7, 2, "execve", "", 0});
      return sendInside(FailedMessage::kKind, fields.finish(), 0);
    case 6: {
      const uint8_t kind = script_.byte();
      return sendInside(kind, script_.take(script_.byte()), script_.byte() % 4);
    }
    case 7:
      if (inside_.valid()) send(inside_.get(), "", 0, MSG_NOSIGNAL | MSG_DONTWAIT);
      return;
    case 8:
      orders_.reset();
      return;
    default: {
      const unsigned byte = script_.byte();
      const auto pid = static_cast<pid_t>(kJoiner + static_cast<int>(processes_.size()));
      const pid_t parent = (byte & 1) != 0 ? getpid() : kJoiner;
      if (processes_.size() < 8) {
        processes_.push_back(
            {{pid, parent, 1, (byte & 2) != 0}, static_cast<int>(byte >> 4), false});
      }
    }
  }
}

void AttendantWorld::sendInside(uint8_t kind, std::string_view body, size_t descriptors) {
  if (!inside_.valid()) return;
  Writer packet;
  packet.u8(kind);
  packet.bytes(body);
  const Fd null = openNull();
  try {
    sendPacket(inside_.get(), packet.finish(), std::vector<int>(descriptors, null.get()));
  } catch (const SyscallError&) {
    // The attendant listens no more, or has too much to read.
  }
}

void AttendantWorld::actOnTerminal(unsigned what) {
  std::array<char, 4096> chunk;
  switch (what) {
    case 0:
      return sayIfHeard(stream_, script_.take(script_.byte()));
    case 1:
      if (stream_.valid()) recv(stream_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
      return;
    case 2:
      return stream_.reset();
    case 3:
      if (stream_.valid()) shutdown(stream_.get(), SHUT_WR);
      return;
    case 4:
      return sayIfHeard(slave_, script_.take(script_.byte()));
    default:
      if (script_.byte() % 2 == 0) return slave_.reset();
      if (slave_.valid()) recv(slave_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
  }
}

void AttendantWorld::readAll() {
  std::array<char, 4096> chunk;
  ssize_t size;
  while (caller_.valid() &&
         (size = recv(caller_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT)) > 0) {
    heard_.append(chunk.data(), static_cast<size_t>(size));
  }
}

void AttendantWorld::callerLeaves() {
  readAll();
  left_ = left_ || caller_.valid();
  caller_.reset();
  stream_.reset();
}

void AttendantWorld::checkWords() {
  readAll();
  size_t executed = 0;
  size_t ends = 0;
  for (std::string_view rest = heard_; !rest.empty();) {
    const uint32_t length = Reader(rest).u32();
    assert(length > 0 && length <= rest.size() - sizeof length);
    const auto kind = static_cast<uint8_t>(rest.at(sizeof length));
    rest.remove_prefix(sizeof length + length);
    assert(ends == 0);
    if (kind == ExecutedMessage::kKind) {
      ++executed;
    } else {
      assert(kind == FailedMessage::kKind || kind == ExitedMessage::kKind);
      ++ends;
    }
  }
  assert(executed <= 1);
  // A caller that has said what is to be done, and stays, hears of an end, whatever happens.
  assert(ends == 1 || left_ || !told_);
  if (orders_.valid()) {
    check(fcntl(orders_.get(), F_SETFL, O_NONBLOCK), "fcntl");
    FrameReader reader;
    while (reader.readPipe(orders_.get()) == FrameReader::Result::some) {
    }
    while (const std::optional<RawMessage> order = reader.next()) {
      assert(order->kind == DestroyMessage::kKind || order->kind == ContinueMessage::kKind ||
             order->kind == SignalMessage::kKind);
    }
  }
}

std::array<Fd, 2> AttendantWorld::makePair() {
  std::array<Fd, 2> ends = pairOf(SOCK_SEQPACKET);
  inside_ = Fd(check(fcntl(ends[1].get(), F_DUPFD_CLOEXEC, 0), "fcntl"));
  check(fcntl(inside_.get(), F_SETFL, O_RDWR | O_NONBLOCK), "fcntl");
  return ends;
}

void AttendantWorld::keepOrders(int pipe) {
  orders_ = Fd(check(fcntl(pipe, F_DUPFD_CLOEXEC, 0), "fcntl"));
}

Pty AttendantWorld::openPty() {
  Pty pty{std::move(terminal_->master), std::move(terminal_->slave), 0};
  slave_ = Fd(check(fcntl(pty.slave.get(), F_DUPFD_CLOEXEC, 0), "fcntl"));
  return pty;
}

void AttendantWorld::checkLabel() {
  if (badLabel_) {
    FailedMessage failed;
    failed.stage = static_cast<uint8_t>(Stage::kLabel);
    throw failed;
  }
}

std::vector<TreeProcess> AttendantWorld::descendants() {
  std::vector<TreeProcess> seen;
  for (Process& process : processes_) {
    if (process.killed && process.looks-- <= 0) process.facts.ended = true;
    seen.push_back(process.facts);
  }
  return seen;
}

void AttendantWorld::kill(pid_t pid) {
  for (Process& process : processes_) process.killed = process.killed || process.facts.pid == pid;
}

}  // namespace tslxc::fuzz

// What the product has in sources that are not linked here.
namespace tslxc {

using fuzz::world;

void becomeMonitor(int) {}
void keepCapabilities(uint64_t) {}
Child cloneProcess(uint64_t, int) { return {fuzz::AttendantWorld::kJoiner, Fd()}; }
void runJoiner(JoinerContext) noexcept { abort(); }
std::array<Fd, 2> makeAnonymousPair() { return world->makePair(); }
Fd openRootOf(int) { return fuzz::openNull(); }
Descendants descendantsOf(pid_t) { return {world->descendants(), true}; }
void killProcess(const TreeProcess& process) { world->kill(process.pid); }
void checkLabel(int pidfd, const std::string& attribute, const std::vector<std::string>&) {
  assert(pidfd >= 0 && !attribute.empty());
  world->checkLabel();
}

// What the linker's --wrap replaces, by its own names.
using Tasks = std::vector<std::string>;
using Moment = std::chrono::steady_clock::time_point;
void wrapLeaveCaller(const Tasks& tasks) asm(
    "__wrap__ZN5tslxc11leaveCallerERKSt6vectorINSt7__cxx1112basic_"
    "stringIcSt11char_traitsIcESaIcEEESaIS6_EE");
Pty wrapOpenPtyInside(int root) asm("__wrap__ZN5tslxc13openPtyInsideEi");
Moment realNow() asm("__real__ZNSt6chrono3_V212steady_clock3nowEv");
Moment wrapNow() asm("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");

// A fuzzed plan names any file.
void wrapLeaveCaller(const Tasks&) {}
Pty wrapOpenPtyInside(int) { return world->openPty(); }
Moment wrapNow() {
  if (world == nullptr) return realNow();
  return Moment(std::chrono::duration_cast<Moment::duration>(world->now()));
}

}  // namespace tslxc

extern "C" {
int __wrap_poll(pollfd* entries, nfds_t count, int timeout) {
  if (tslxc::fuzz::world == nullptr) return __real_poll(entries, count, timeout);
  return tslxc::fuzz::world->poll(entries, count, timeout);
}

int __wrap_pipe2(int* ends, int flags) {
  const int made = __real_pipe2(ends, flags);
  if (made == 0 && tslxc::fuzz::world != nullptr) tslxc::fuzz::world->keepOrders(ends[0]);
  return made;
}
}
