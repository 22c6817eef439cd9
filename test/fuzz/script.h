// Bytes as a script: what a fuzzed world does next is read from them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace tslxc::fuzz {

class Script {
 public:
  explicit Script(std::string_view bytes) : bytes_(bytes) {}

  bool over() const { return bytes_.empty(); }

  // The next byte; 0 when there is none.
  uint8_t byte() {
    const std::string_view one = take(1);
    return one.empty() ? uint8_t{0} : static_cast<uint8_t>(one.front());
  }

  // Two bytes, little-endian.
  uint16_t number() {
    const unsigned low = byte();
    return static_cast<uint16_t>(low | static_cast<unsigned>(byte()) << 8);
  }

  // The next bytes, at most `size`.
  std::string_view take(size_t size) {
    const std::string_view taken = bytes_.substr(0, std::min(size, bytes_.size()));
    bytes_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view bytes_;
};

}  // namespace tslxc::fuzz
