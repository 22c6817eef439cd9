#include "native/base/mac-address.h"

#include <charconv>
#include <cstdint>

namespace tslxc {

std::optional<MacAddress> parseMacAddress(std::string_view text) {
  constexpr size_t kLength = 6 * 3 - 1;
  if (text.size() != kLength) return {};
  MacAddress address;
  for (size_t at = 0; at < kLength; at += 3) {
    uint8_t byte = 0;
    const char* const start = text.data() + at;
    const auto [end, error] = std::from_chars(start, start + 2, byte, 16);
    if (error != std::errc() || end != start + 2) return {};
    if (at + 2 != kLength && *end != ':') return {};
    address.push_back(static_cast<char>(byte));
  }
  return address;
}

std::string formatMacAddress(std::string_view address) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : address) {
    if (!text.empty()) text.push_back(':');
    text.push_back(kDigits[(byte >> 4) & 0xf]);
    text.push_back(kDigits[byte & 0xf]);
  }
  return text;
}

}  // namespace tslxc
