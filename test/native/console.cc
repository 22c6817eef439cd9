// Console on a real pty: what is drained and for whom it waits, what input is kept, what is let go
// of.
#include "native/monitor/console.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>

#include "native/base/pty.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

using Drained = Console::Drained;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr size_t kReplay = 4096;

// What it takes at a time, where that is made up.
class Reader : public Follower {
 public:
  uint64_t rate = 0;
};

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

// A read that fails for another reason than that no process has the terminal open.
void aFailedReadIsNotTheEnd() {
  Pair pair = open(Mode::raw);
  const int master = pair.console.master();
  const Fd kept(dup(master));
  const Fd folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  dup2(folder.get(), master);
  assert(pair.console.drain() == Drained::nothing);
  dup2(kept.get(), master);
  put(pair.slave, "hello");
  assert(drainAll(pair.console) == "hello");
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
  pair.console.waited(300ms);
  assert(!still.stalled() && !slow.stalled());
  slow.moveTo(10);
  pair.console.waited(300ms);
  assert(still.stalled() && !slow.stalled());
  assert(pair.console.drain() == Drained::some);
  pair.console.removeFollower(slow);
  assert(pair.console.drain() == Drained::some);
  pair.console.removeFollower(still);
}

// The time of one follower is not counted for another that comes in its place, nor forgotten when
// another goes.
void eachFollowerHasItsOwnTime() {
  Pair pair = open(Mode::raw);
  Reader first;
  Reader second;
  Reader third;
  pair.console.addFollower(first);
  fill(pair);
  pair.console.waited(300ms);
  pair.console.addFollower(second);
  pair.console.waited(100ms);
  pair.console.removeFollower(second);
  pair.console.addFollower(third);
  pair.console.waited(200ms);
  assert(first.stalled() && !third.stalled());
  pair.console.removeFollower(third);
  pair.console.removeFollower(first);
}

constexpr milliseconds kTurn = 20ms;

// Readers, and a container that always has something to say, in turns of made-up time.
struct Flow {
  Pair pair = open(Mode::raw);
  std::vector<std::unique_ptr<Reader>> readers;
  milliseconds spent{0};
  bool waiting = false;

  Reader& attach() {
    readers.push_back(std::make_unique<Reader>());
    readers.back()->moveTo(pair.console.output().oldest());
    pair.console.addFollower(*readers.back());
    return *readers.back();
  }

  void detach(size_t index) {
    pair.console.removeFollower(*readers[index]);
    readers.erase(readers.begin() + static_cast<ptrdiff_t>(index));
  }

  // As its clients do: what is lost is left out, and the end is caught up with.
  void read(Reader& reader, uint64_t bytes) {
    const OutputRing& output = pair.console.output();
    const uint64_t from = std::max(reader.position(), output.oldest());
    reader.moveTo(std::min(from + bytes, output.end()));
    if (reader.position() == output.end()) reader.setStalled(false);
  }

  // As the supervisor's: time passes while the console waits, and what is there is read after that.
  void turn() {
    spent += kTurn;
    if (waiting) pair.console.waited(kTurn);
    const std::string text(1000, 'x');
    while (write(pair.slave.get(), text.data(), text.size()) > 0) {
    }
    await(pair.console.master(), POLLIN);
    Drained drained = pair.console.drain();
    if (drained == Drained::some) drained = pair.console.drain();
    waiting = drained == Drained::waiting;
  }

  uint64_t rings() const { return pair.console.output().end() / kReplay; }

  // The container gets on by a ring of output in two seconds at least.
  bool isBlocked() const { return spent > 2100ms * static_cast<int64_t>(rings() + 1); }

  ~Flow() {
    while (!readers.empty()) detach(0);
  }
};

void oneThatStandsStillWhileOthersComeAndGo() {
  Flow flow;
  flow.attach();
  for (int i = 0; i < 2000; ++i) {
    flow.attach();
    flow.turn();
    flow.detach(1);
  }
  assert(!flow.isBlocked());
}

void oneThatTakesByteForByte() {
  Flow flow;
  Reader& slow = flow.attach();
  for (int i = 0; i < 2000; ++i) {
    flow.turn();
    flow.read(slow, 1);
  }
  assert(!flow.isBlocked());
}

void oneAfterTheOtherThatStandsStill() {
  Flow flow;
  for (int i = 0; i < 2000; ++i) {
    if (i % 20 == 0) flow.attach();
    flow.turn();
    if (flow.readers.size() > 60) flow.detach(0);
  }
  assert(!flow.isBlocked());
}

// Whatever readers do, at random.
void noBehaviourOfReadersBlocksAContainer(unsigned seed) {
  printf("seed %u\n", seed);
  fflush(stdout);
  std::mt19937 random(seed);
  const auto upTo = [&](uint32_t most) {
    return std::uniform_int_distribution<uint32_t>(0, most)(random);
  };
  Flow flow;
  for (int i = 0; i < 1000; ++i) {
    if (flow.readers.size() < 8 && upTo(9) < 3) {
      constexpr std::array<uint64_t, 4> rates{0, 1, 50, 2 * kReplay};
      flow.attach().rate = rates[upTo(rates.size() - 1)];
    }
    if (flow.readers.size() > 1 && upTo(9) < 2) {
      flow.detach(upTo(static_cast<uint32_t>(flow.readers.size() - 1)));
    }
    for (const auto& reader : flow.readers) flow.read(*reader, reader->rate);
    flow.turn();
  }
  assert(!flow.isBlocked());
}

void oneThatKeepsUpLosesNothing() {
  Flow flow;
  Reader& reader = flow.attach();
  for (int i = 0; i < 500; ++i) {
    flow.turn();
    assert(!reader.stalled() && reader.position() >= flow.pair.console.output().oldest());
    flow.read(reader, kReplay / 4);
  }
  assert(flow.rings() > 100);
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
  aFailedReadIsNotTheEnd();
  withoutFollowersItNeverWaits();
  aFollowerThatReadsIsWaitedFor();
  aFollowerThatStandsStillIsGivenUp();
  eachFollowerHasItsOwnTime();
  oneThatStandsStillWhileOthersComeAndGo();
  oneThatTakesByteForByte();
  oneAfterTheOtherThatStandsStill();
  const unsigned seed = std::random_device()();
  for (unsigned i = 0; i < 20; ++i) noBehaviourOfReadersBlocksAContainer(seed + i);
  oneThatKeepsUpLosesNothing();
  inputIsKeptUntilTheContainerReadsIt();
  aStopThatAFollowerTypedEndsWithIt();
  readingEndsAfterTheLastByte();
  sizesAreSetAndCapped();
}
