// Console on a real pty: what is drained and for whom it waits, what input is kept, what is let go
// of.
#include "native/monitor/console.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "native/base/pty.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

using Drained = Console::Drained;

constexpr size_t kReplay = 4096;

class Reader : public Follower {};

// A console, and its terminal as the container has it.
struct Pair {
  Fd slave;
  Console console;
};

enum class Mode { raw, cooked };

Pair open(Mode mode) {
  Pty pty = openHostPty();
  if (mode == Mode::raw) makeRaw(pty.slave.get());
  check(fcntl(pty.slave.get(), F_SETFL, O_RDWR | O_NONBLOCK), "fcntl");
  return {std::move(pty.slave), Console(std::move(pty.master), kReplay)};
}

void put(const Fd& terminal, std::string_view bytes) {
  assert(write(terminal.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

// The kernel hands written bytes to the other side of a pty a moment later.
short await(int fd, short events) {
  pollfd entry{fd, events, 0};
  poll(&entry, 1, 1000);
  return entry.revents;
}

std::string drainAll(Console& console) {
  const uint64_t before = console.output().end();
  std::string text;
  await(console.master(), POLLIN);
  while (console.drain() == Drained::some) {
  }
  for (uint64_t at = std::max(before, console.output().oldest()); at < console.output().end();) {
    const std::string_view run = console.output().from(at, kReplay);
    text += run;
    at += run.size();
  }
  return text;
}

std::string readSome(const Fd& terminal) {
  std::array<char, 8192> chunk;
  if ((await(terminal.get(), POLLIN) & POLLIN) == 0) return {};
  const ssize_t size = read(terminal.get(), chunk.data(), chunk.size());
  return size > 0 ? std::string(chunk.data(), static_cast<size_t>(size)) : std::string();
}

void outputIsKept() {
  Pair pair = open(Mode::raw);
  assert(pair.console.drain() == Drained::nothing);
  put(pair.slave, "hello");
  assert(drainAll(pair.console) == "hello");
  assert(pair.console.drain() == Drained::nothing);
}

void withoutFollowersItNeverWaits() {
  Pair pair = open(Mode::raw);
  for (int i = 0; i < 10; ++i) {
    put(pair.slave, std::string(2000, 'x'));
    drainAll(pair.console);
  }
  assert(pair.console.output().end() == 20'000 && pair.console.output().oldest() > 0);
}

// Writes until the console stops draining because of `follower`.
void fill(Pair& pair) {
  for (int i = 0; i < 3; ++i) {
    put(pair.slave, std::string(2000, 'x'));
    drainAll(pair.console);
  }
  assert(pair.console.drain() == Drained::waiting);
  assert(pair.console.output().end() == kReplay && pair.console.output().oldest() == 0);
}

void aFollowerThatReadsIsWaitedFor() {
  Pair pair = open(Mode::raw);
  Reader follower;
  pair.console.addFollower(follower);
  fill(pair);
  follower.moveTo(1000);
  assert(pair.console.drain() == Drained::some);
  assert(pair.console.output().oldest() <= 1000);
  assert(pair.console.drain() == Drained::waiting);
  follower.moveTo(pair.console.output().end());
  assert(pair.console.drain() == Drained::some);
  pair.console.removeFollower(follower);
}

void aFollowerThatStandsStillIsGivenUp() {
  Pair pair = open(Mode::raw);
  Reader still;
  Reader slow;
  pair.console.addFollower(still);
  pair.console.addFollower(slow);
  fill(pair);
  pair.console.markStalledFollowers();
  assert(!still.stalled() && !slow.stalled());
  slow.moveTo(10);
  pair.console.markStalledFollowers();
  assert(still.stalled() && !slow.stalled());
  assert(pair.console.drain() == Drained::some);
  pair.console.removeFollower(slow);
  assert(pair.console.drain() == Drained::some);
  pair.console.removeFollower(still);
}

// A follower that came or went since the last mark makes the old positions somebody else's.
void marksAreForgottenWithTheirFollowers() {
  Pair pair = open(Mode::raw);
  Reader first;
  Reader second;
  pair.console.addFollower(first);
  fill(pair);
  pair.console.markStalledFollowers();
  pair.console.removeFollower(first);
  pair.console.addFollower(second);
  pair.console.markStalledFollowers();
  assert(!second.stalled());
  pair.console.removeFollower(second);
}

void inputIsKeptUntilTheContainerReadsIt() {
  Pair pair = open(Mode::raw);
  std::string typed;
  for (int i = 0; i < 25'000; ++i) typed += std::to_string(i) + "\n";
  assert(pair.console.roomForInput() && !pair.console.hasPendingInput());
  pair.console.input(typed);
  assert(!pair.console.roomForInput() && pair.console.hasPendingInput());
  std::string seen;
  while (seen.size() < typed.size()) {
    const std::string some = readSome(pair.slave);
    assert(!some.empty());
    seen += some;
    pair.console.writePendingInput();
  }
  assert(seen == typed && pair.console.roomForInput() && !pair.console.hasPendingInput());
}

bool canWrite(const Fd& terminal) { return write(terminal.get(), "x", 1) == 1; }

void aStopThatAFollowerTypedEndsWithIt() {
  Pair pair = open(Mode::cooked);
  Reader follower;
  pair.console.addFollower(follower);
  assert(canWrite(pair.slave));
  pair.console.input("\x13");
  for (int i = 0; i < 100 && canWrite(pair.slave); ++i) usleep(10'000);
  assert(!canWrite(pair.slave));
  pair.console.removeFollower(follower);
  assert(canWrite(pair.slave));
}

void readingEndsAfterTheLastByte() {
  Pair pair = open(Mode::raw);
  put(pair.slave, "END");
  pair.slave.reset();
  assert(drainAll(pair.console) == "END");
  assert(pair.console.drain() == Drained::nothing);  // its own slave is open
  pair.console.letGoOfSlave();
  assert(pair.console.drain() == Drained::ended);
}

void sizesAreSetAndCapped() {
  Pair pair = open(Mode::raw);
  pair.console.resize(50, 132);
  assert(windowSize(pair.slave.get()).rows == 50 && windowSize(pair.slave.get()).columns == 132);
  pair.console.resize(0x10000, 0xffffffff);
  assert(windowSize(pair.slave.get()).rows == 65535);
  assert(windowSize(pair.slave.get()).columns == 65535);
}

}  // namespace
}  // namespace tslxc::test

int main() {
  using namespace tslxc::test;
  outputIsKept();
  withoutFollowersItNeverWaits();
  aFollowerThatReadsIsWaitedFor();
  aFollowerThatStandsStillIsGivenUp();
  marksAreForgottenWithTheirFollowers();
  inputIsKeptUntilTheContainerReadsIt();
  aStopThatAFollowerTypedEndsWithIt();
  readingEndsAfterTheLastByte();
  sizesAreSetAndCapped();
}
