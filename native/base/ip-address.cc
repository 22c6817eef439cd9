#include "native/base/ip-address.h"

#include <arpa/inet.h>

#include <array>

#include "native/base/syscall.h"

namespace tslxc {

std::optional<IpAddress> parseIpAddress(const std::string& text) {
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    std::string bytes(family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr), '\0');
    if (inet_pton(family, text.c_str(), bytes.data()) == 1) return IpAddress{family, bytes};
  }
  return {};
}

IpAddress requireIpAddress(const std::string& text, const char* call) {
  std::optional<IpAddress> address = parseIpAddress(text);
  if (!address) throw SyscallError{EINVAL, call, text};
  return std::move(*address);
}

std::string formatIpAddress(uint8_t family, std::string_view bytes) {
  const size_t size = family == AF_INET    ? sizeof(in_addr)
                      : family == AF_INET6 ? sizeof(in6_addr)
                                           : 0;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (size == 0 || bytes.size() != size) return {};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace tslxc
