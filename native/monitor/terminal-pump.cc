#include "native/monitor/terminal-pump.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr size_t kChunk = 16 * 1024;
// Input that a terminal has no room for is tried again after this many milliseconds, since its
// wake-up can be lost.
constexpr int kRetry = 20;
// When others still have the terminal open, this much silence is the end of the program's output.
constexpr int kSilentTurns = 5;

void makeNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

// Whether a call is to be tried again. Only these errors say that the other end is gone: EIO of a
// terminal, the others of a socket. A terminal is hung up for nothing else, such as a lack of
// memory.
bool isLater(ssize_t count) {
  return count == -1 && errno != EIO && errno != EPIPE && errno != ECONNRESET;
}

}  // namespace

TerminalPump::TerminalPump(Fd master, Fd stream)
    : master_(std::move(master)), stream_(std::move(stream)) {
  makeNonBlocking(master_.get());
  makeNonBlocking(stream_.get());
}

// poll(2) reports a hang-up of the master, asked for or not, so it is left out when idle.
void TerminalPump::prepare(pollfd* entries) const {
  if (closing_) {
    entries[0] = {-1, 0, 0};
    entries[1] = {stream_.get(), POLLIN, 0};
    return;
  }
  const auto events = [](bool read, bool write) {
    return static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
  };
  const short ofMaster = events(output_.empty(), !input_.empty());
  const short ofStream = events(input_.empty() && !inputOver_ && master_.valid(), !output_.empty());
  entries[0] = {ofMaster == 0 ? -1 : master_.get(), ofMaster, 0};
  // The caller may close its end at any time, which poll(2) reports whatever is asked for.
  entries[1] = {stream_.get(), ofStream, 0};
}

int TerminalPump::patience() const {
  if (closing_) return -1;
  return (ended_ && output_.empty()) || !input_.empty() ? kRetry : -1;
}

void TerminalPump::handle(const pollfd* entries) {
  if (closing_) {
    if (entries[1].revents != 0) readStream();
    return;
  }
  if ((entries[1].revents & (POLLHUP | POLLERR)) != 0) {
    hangUp();
    return;
  }
  if (!input_.empty()) writeMaster();
  if (entries[0].revents != 0 && output_.empty()) readMaster();
  if (!output_.empty()) writeStream();
  if (entries[1].revents != 0 && input_.empty()) readStream();
  const bool silent = entries[0].revents == 0 && output_.empty();
  silentTurns_ = ended_ && silent ? silentTurns_ + 1 : 0;
  if (ended_ && output_.empty() && (!master_.valid() || silentTurns_ >= kSilentTurns)) sayGoodbye();
}

void TerminalPump::resize(WindowSize size) {
  if (!master_.valid()) return;
  try {
    setWindowSize(master_.get(), size);
  } catch (const SyscallError&) {
    // It has been hung up.
  }
}

void TerminalPump::readMaster() {
  output_.resize(kChunk);
  const ssize_t count = read(master_.get(), output_.data(), output_.size());
  const bool later = isLater(count);
  output_.resize(count > 0 ? static_cast<size_t>(count) : 0);
  // EIO: no process has the terminal open any more.
  if (count <= 0 && !later) master_.reset();
}

void TerminalPump::writeMaster() {
  const ssize_t count = write(master_.get(), input_.data(), input_.size());
  if (count > 0) input_.erase(0, static_cast<size_t>(count));
  if (count == -1 && !isLater(count)) input_.clear();
}

void TerminalPump::readStream() {
  input_.resize(kChunk);
  const ssize_t count = recv(stream_.get(), input_.data(), input_.size(), 0);
  const bool later = isLater(count);
  input_.resize(count > 0 ? static_cast<size_t>(count) : 0);
  if (count == 0) inputOver_ = true;
  if (closing_) {
    input_.clear();
    if (count <= 0 && !later) stream_.reset();
    return;
  }
  if (count == -1 && !later) hangUp();
  if (!input_.empty()) writeMaster();
}

void TerminalPump::writeStream() {
  const ssize_t count = send(stream_.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
  if (count > 0) output_.erase(0, static_cast<size_t>(count));
  if (count == -1 && !isLater(count)) hangUp();
}

void TerminalPump::sayGoodbye() {
  if (!stream_.valid()) return;
  closing_ = true;
  master_.reset();
  input_.clear();
  shutdown(stream_.get(), SHUT_WR);
  if (inputOver_) stream_.reset();
}

// The caller has closed its end: the terminal hangs up, like a line that was cut.
void TerminalPump::hangUp() {
  stream_.reset();
  master_.reset();
  output_.clear();
  input_.clear();
}

}  // namespace tslxc
