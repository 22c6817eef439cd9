// IP addresses as bytes and as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tslxc {

struct IpAddress {
  uint8_t family = 0;  // AF_INET, AF_INET6
  std::string bytes;   // in network order

  unsigned bits() const { return static_cast<unsigned>(bytes.size()) * 8; }
};

// As inet_pton(3) reads it.
std::optional<IpAddress> parseIpAddress(const std::string& text);
// The same, or EINVAL with `call` and the text as subject.
IpAddress requireIpAddress(const std::string& text, const char* call);

// '' for bytes that are no address of the family.
std::string formatIpAddress(uint8_t family, std::string_view bytes);

}  // namespace tslxc
