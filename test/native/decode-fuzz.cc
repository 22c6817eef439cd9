// Plans with bytes changed, cut, doubled and moved: the decoder either refuses them, or understands
// every byte. Arguments: the folder of the fixtures, and how many plans are tried. The seed is
// fixed.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "native/plan/decode.h"
#include "test/native/reencode.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

class Mutator {
 public:
  std::string mutated(std::string bytes) {
    for (size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) change(bytes);
    return bytes;
  }

  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }

 private:
  void change(std::string& bytes) {
    const size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        return;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        return;
      case 2:
        bytes[at] = "\x00\x01\x7f\x80\xff"[below(5)];
        return;
      case 3:
        bytes.erase(at, 1 + below(16));
        return;
      case 4:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(16)));
        return;
      case 5:
        bytes.resize(at);
        return;
      default:
        overwriteNumber(bytes, at);
    }
  }

  // A length or a count, most likely: the interesting ones are at the ends of their range.
  void overwriteNumber(std::string& bytes, size_t at) {
    constexpr std::array<uint32_t, 6> kNumbers{0,          1,          0x7fffffff,
                                               0x80000000, 0xfffffffe, 0xffffffff};
    const uint32_t value = kNumbers[below(kNumbers.size())];
    if (at + sizeof value <= bytes.size()) std::memcpy(bytes.data() + at, &value, sizeof value);
  }

  std::mt19937_64 random_{20240229};
};

struct Tally {
  size_t refused = 0;
  size_t understood = 0;
};

void decodeOne(const std::string& bytes, Tally& tally) {
  // Exactly as large as its content, so that a read past the end is noticed.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  try {
    const Plan plan = decodePlan({exact.data(), exact.size()});
    assert(PlanWriter().plan(plan) == bytes);
    ++tally.understood;
  } catch (const MalformedBytes&) {
    ++tally.refused;
  }
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc::test;
  const std::string folder = argv[1];
  const std::string large = contentOf(folder + "/every-operation.plan");
  const std::string small = contentOf(folder + "/smallest.plan");
  Mutator mutator;
  Tally tally;
  for (long left = std::atol(argv[2]); left > 0; --left) {
    decodeOne(mutator.mutated(mutator.below(2) == 0 ? large : small), tally);
  }
  std::printf("%zu refused, %zu understood\n", tally.refused, tally.understood);
  assert(tally.refused > 0 && tally.understood > 0);
}
