// OutputRing keeps the last bytes by their absolute position, however they were cut when they came.
#include "native/monitor/ring.h"

#include <random>
#include <string>
#include <string_view>

#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

constexpr size_t kCapacity = 4096;

std::string pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

std::string kept(const OutputRing& ring) {
  std::string text;
  for (uint64_t at = ring.oldest(); at < ring.end();) {
    const std::string_view run = ring.from(at, 100);
    assert(!run.empty() && run.size() <= 100);
    text += run;
    at += run.size();
  }
  return text;
}

void put(OutputRing& ring, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> next = ring.next(bytes.size());
    assert(!next.empty() && next.size() <= bytes.size());
    bytes.copy(next.data(), next.size());
    ring.grow(next.size());
    bytes.remove_prefix(next.size());
  }
}

void expectTail(const OutputRing& ring, const std::string& written) {
  const size_t size = std::min(written.size(), kCapacity);
  assert(ring.end() == written.size() && ring.oldest() == written.size() - size);
  assert(kept(ring) == written.substr(written.size() - size));
  assert(ring.from(ring.end(), 1).empty());
}

void anEmptyRingHasNothing() {
  const OutputRing ring(kCapacity);
  expectTail(ring, "");
}

void theTailStaysWhateverTheSizesOfTheParts() {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    OutputRing ring(kCapacity);
    const std::string all = pattern(3 * kCapacity + random() % kCapacity);
    for (size_t at = 0; at < all.size();) {
      const size_t size = std::min<size_t>(all.size() - at, random() % 700);
      put(ring, std::string_view(all).substr(at, size));
      at += size;
      if (random() % 4 == 0) expectTail(ring, all.substr(0, at));
    }
    expectTail(ring, all);
  }
}

void partsAroundTheCapacityAreNoExceptions() {
  for (const size_t size : {kCapacity - 1, kCapacity, kCapacity + 1, 5 * kCapacity + 3}) {
    OutputRing ring(kCapacity);
    std::string all = pattern(10);
    put(ring, all);
    const std::string part = pattern(size);
    put(ring, part);
    expectTail(ring, all + part);
  }
}

void aMovedRingKeepsItsBytes() {
  OutputRing ring(kCapacity);
  const std::string all = pattern(kCapacity + 17);
  put(ring, all);
  const OutputRing moved(std::move(ring));
  expectTail(moved, all);
}

}  // namespace
}  // namespace tslxc::test

int main() {
  using namespace tslxc::test;
  anEmptyRingHasNothing();
  theTailStaysWhateverTheSizesOfTheParts();
  partsAroundTheCapacityAreNoExceptions();
  aMovedRingKeepsItsBytes();
}
