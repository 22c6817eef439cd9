#include "native/monitor/raw-follower.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr size_t kChunk = 4096;
// How often a console is drained in one round; the kernel gives 4 KiB at a time.
constexpr size_t kMostDrains = 16;

// inotify instances are limited for each user: root has 128 by default. This many are left to
// others, or a hundred containers would keep every other program from watching anything.
constexpr size_t kWatchesLeft = 32;

// Invalid when there are too few.
Fd openWatch() {
  std::array<Fd, kWatchesLeft + 1> watches;
  for (Fd& watch : watches) {
    watch = Fd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!watch.valid()) return Fd();
  }
  return std::move(watches.front());
}

}  // namespace

RawFollower::RawFollower(Fd descriptor, Console& console)
    : descriptor_(std::move(descriptor)), console_(console) {
  const int flags = check(fcntl(descriptor_.get(), F_GETFL), "fcntl");
  check(fcntl(descriptor_.get(), F_SETFL, flags | O_NONBLOCK), "fcntl");
}

RawFollower::~RawFollower() { unfollow(); }

void RawFollower::follow() {
  if (following_) return;
  following_ = true;
  moveTo(console_.output().end());
  console_.addFollower(*this);
}

void RawFollower::unfollow() {
  if (!following_) return;
  following_ = false;
  console_.removeFollower(*this);
}

uint32_t RawFollower::wanted() const {
  if (gone_) return 0;
  if (hungUp_) return EPOLLIN | EPOLLET;
  const uint32_t in = console_.roomForInput() ? static_cast<uint32_t>(EPOLLIN) : 0U;
  return in | (blocked_ ? static_cast<uint32_t>(EPOLLOUT) : 0U);
}

void RawFollower::ready(uint32_t events) {
  const bool readable = (events & EPOLLIN) != 0;
  if (readable) readInput();
  hungUp_ = !readable && (events & (EPOLLHUP | EPOLLERR)) != 0;
  if (!gone_ && !hungUp_) pump();
}

void RawFollower::readInput() {
  std::array<char, kChunk> chunk;
  const ssize_t size = retry([&] { return read(descriptor_.get(), chunk.data(), chunk.size()); });
  if (size > 0) {
    console_.input({chunk.data(), static_cast<size_t>(size)});
  } else if (size == 0) {
    gone_ = true;
    unfollow();
  }
}

void RawFollower::pump() {
  blocked_ = false;
  if (!following_ || hungUp_) return;
  const OutputRing& output = console_.output();
  if (position() < output.oldest()) moveTo(output.oldest());
  for (;;) {
    const std::string_view bytes = output.from(position(), kChunk);
    if (bytes.empty()) {
      setStalled(false);
      return;
    }
    const ssize_t size =
        retry([&] { return write(descriptor_.get(), bytes.data(), bytes.size()); });
    if (size <= 0) {
      blocked_ = errno == EAGAIN;
      // No process has the other end of a pty open (EIO), or it is gone (EPIPE): what is written
      // now is lost.
      if (!blocked_) moveTo(output.end());
      return;
    }
    moveTo(position() + static_cast<uint64_t>(size));
  }
}

HostTerminal::HostTerminal(Pty pty, Console& console)
    : watch_(openWatch()), follower_(std::move(pty.master), console) {
  if (watched()) watch(pty.index);
  pty.slave.reset();
  open();
}

void HostTerminal::watch(unsigned index) {
  const std::string path = "/dev/pts/" + std::to_string(index);
  const int watched = inotify_add_watch(watch_.get(), path.c_str(), IN_OPEN);
  // The limit of watches is reached (fs.inotify.max_user_watches).
  if (watched == -1 && errno == ENOSPC) return watch_.reset();
  check(watched, "inotify_add_watch", path);
}

void HostTerminal::lookAgain() {
  if (watched() || state_ == State::open) return;
  pollfd master{follower_.descriptor(), POLLIN, 0};
  poll(&master, 1, 0);
  if (master.revents != POLLHUP) open();
}

void HostTerminal::ready(uint32_t) {
  takeEvents();
  open();
}

void HostTerminal::pump() {
  if (state_ == State::closed) return;
  if (follower_.hungUp()) {
    close();
  } else {
    follower_.pump();
  }
}

bool HostTerminal::drained() {
  if (state_ == State::closed || follower_.hungUp()) return true;
  if (!follower_.drained()) return false;
  short unread = 0;
  if (const Fd slave = openSlave(); slave.valid()) {
    // Not FIONREAD: only poll(2) waits for what the kernel is still moving to the other side.
    pollfd input{slave.get(), POLLIN, 0};
    poll(&input, 1, 0);
    unread = input.revents & POLLIN;
  }
  takeEvents();  // those of openSlave()
  return unread == 0;
}

Fd HostTerminal::openSlave() const {
  return Fd(ioctl(follower_.descriptor(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
}

void HostTerminal::takeEvents() {
  if (!watched()) return;
  alignas(inotify_event) std::array<char, 4096> events;
  while (retry([&] { return read(watch_.get(), events.data(), events.size()); }) > 0) {
  }
}

// Also reads what was typed by a process that has closed the terminal already.
void HostTerminal::lookAtMaster() {
  pollfd master{follower_.descriptor(), POLLIN, 0};
  poll(&master, 1, 0);
  follower_.ready(static_cast<uint32_t>(master.revents));  // POLLIN is EPOLLIN, POLLHUP EPOLLHUP
}

// The process that opened it may have closed it since: then pump() closes it again.
void HostTerminal::open() {
  lookAtMaster();
  state_ = State::open;
  if (!follower_.hungUp()) follower_.follow();
}

void HostTerminal::close() {
  state_ = State::closed;
  follower_.unfollow();
  {
    // Otherwise the next process to open the terminal would get the unread bytes and the modes that
    // the last one left.
    const Fd slave = openSlave();
    if (!slave.valid()) return;
    tcflush(slave.get(), TCIFLUSH);
    makeRaw(slave.get());
  }
  takeEvents();  // those of openSlave(); other openings show at the master
  lookAtMaster();
  if (!follower_.hungUp()) open();
}

uint32_t ConsoleSource::wanted() const {
  if (ended_) return 0;
  const uint32_t in = waiting_ ? 0U : static_cast<uint32_t>(EPOLLIN);
  return in | (console_.hasPendingInput() ? static_cast<uint32_t>(EPOLLOUT) : 0U);
}

void ConsoleSource::ready(uint32_t events) {
  if ((events & EPOLLOUT) != 0) console_.writePendingInput();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) retryDrain();
}

void ConsoleSource::retryDrain() {
  // Until nothing is left, or the other sources have waited long enough. Reading once more makes
  // the kernel move what was written meanwhile, without a wait for the next event.
  Console::Drained drained = console_.drain();
  for (size_t i = 1; i < kMostDrains && drained == Console::Drained::some; ++i) {
    drained = console_.drain();
  }
  waiting_ = drained == Console::Drained::waiting;
  ended_ = drained == Console::Drained::ended;
}

}  // namespace tslxc
