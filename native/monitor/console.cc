#include "native/monitor/console.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>

#include "native/base/pty.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr size_t kChunk = 8 * 1024;

}  // namespace

Console::Console(Fd master, size_t replayBytes)
    : master_(std::move(master)),
      slave_(check(ioctl(master_.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "ioctl",
                   "TIOCGPTPEER")),
      output_(replayBytes) {}

void Console::replaceMaster(Fd master) {
  Fd slave(check(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "ioctl",
                 "TIOCGPTPEER"));
  winsize size{};
  if (ioctl(master_.get(), TIOCGWINSZ, &size) == 0) ioctl(master.get(), TIOCSWINSZ, &size);
  pending_.clear();
  master_ = std::move(master);
  slave_ = std::move(slave);
}

void Console::removeFollower(Follower& follower) {
  std::erase(followers_, &follower);
  if (!slave_.valid()) return;
  // TCOON alone does not restart what a typed ^S stopped; off, then on, does.
  ioctl(slave_.get(), TCXONC, TCOOFF);
  ioctl(slave_.get(), TCXONC, TCOON);
}

size_t Console::room() const {
  uint64_t slowest = output_.end();
  for (const Follower* follower : followers_) {
    if (!follower->stalled()) slowest = std::min(slowest, follower->position());
  }
  return output_.capacity() - static_cast<size_t>(output_.end() - slowest);
}

Console::Drained Console::drain() {
  if (waits_ >= kMostWait) giveUpWaiting();
  const size_t most = std::min(room(), kChunk);
  if (most == 0) return Drained::waiting;
  const std::span<char> next = output_.next(most);
  const ssize_t size = retry([&] { return read(master_.get(), next.data(), next.size()); });
  if (size > 0) {
    output_.grow(static_cast<size_t>(size));
    payWaits(static_cast<size_t>(size));
    return Drained::some;
  }
  // EIO: no process has the terminal open any more. Any other error passes.
  return size == 0 || errno == EIO ? Drained::ended : Drained::nothing;
}

std::chrono::milliseconds Follower::stoodStill(std::chrono::milliseconds time) {
  still_ = position_ == positionBefore_ ? still_ + time : std::chrono::milliseconds(0);
  positionBefore_ = position_;
  return still_;
}

bool Console::holdsUp(const Follower& follower) const {
  return !follower.stalled() && output_.end() - follower.position() >= output_.capacity();
}

void Console::waited(std::chrono::milliseconds time) {
  waits_ += time;
  for (Follower* follower : followers_) {
    if (holdsUp(*follower) && follower->stoodStill(time) >= kStallTime) follower->setStalled(true);
  }
}

void Console::giveUpWaiting() {
  for (Follower* follower : followers_) {
    if (holdsUp(*follower)) follower->setStalled(true);
  }
}

void Console::payWaits(size_t bytes) {
  if (waits_.count() == 0) return;
  const std::chrono::microseconds most = kMostWait;
  waits_ -= std::min(waits_,
                     most * static_cast<int64_t>(bytes) / static_cast<int64_t>(output_.capacity()));
}

void Console::input(std::string_view bytes) {
  pending_.append(bytes);
  writePendingInput();
}

void Console::writePendingInput() {
  while (!pending_.empty()) {
    const ssize_t size =
        retry([&] { return write(master_.get(), pending_.data(), pending_.size()); });
    if (size <= 0) return;
    pending_.erase(0, static_cast<size_t>(size));
  }
  pending_.shrink_to_fit();
}

void Console::resize(uint32_t rows, uint32_t columns) {
  setWindowSize(master_.get(), {static_cast<uint16_t>(std::min(rows, 65535U)),
                                static_cast<uint16_t>(std::min(columns, 65535U))});
}

}  // namespace tslxc
