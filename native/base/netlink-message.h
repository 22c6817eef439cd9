// The bytes of rtnetlink(7): a request while it is being written, and the attributes of an answer.
#pragma once

#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tslxc {

template <typename Struct>
std::string_view bytesOf(const Struct& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// A copy of the front of `bytes`, zeros where they are too short.
template <typename Struct>
Struct structOf(std::string_view bytes) {
  Struct value{};
  bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

class NetlinkMessage {
 public:
  // RTM_… and NLM_F_*; NLM_F_REQUEST is added. `header` is what the type begins with (ifinfomsg,
  // ifaddrmsg, rtmsg, ndmsg).
  template <typename Header>
  NetlinkMessage(uint16_t type, unsigned flags, const Header& header) {
    start(type, flags);
    part(header);
  }

  void text(uint16_t attribute, std::string_view value);
  void byte(uint16_t attribute, uint8_t value);
  void number(uint16_t attribute, uint32_t value);
  void bytes(uint16_t attribute, std::string_view value);

  // An attribute that holds what `fill` writes.
  template <typename Fill>
  void nest(uint16_t attribute, Fill fill) {
    const size_t start = begin(attribute);
    fill();
    end(start);
  }

  // Bytes that belong to no attribute (VETH_INFO_PEER begins with an ifinfomsg).
  template <typename Part>
  void part(const Part& value) {
    append(bytesOf(value));
  }

  // The message with its length and a sequence number, ready to be sent.
  std::string_view finish(uint32_t sequence);

 private:
  void start(uint16_t type, unsigned flags);
  size_t begin(uint16_t attribute);
  void end(size_t start);
  // Padded to the alignment of attributes.
  void append(std::string_view value);

  std::string buffer_;
};

// Attributes by type; views of the bytes that they were parsed from.
class NetlinkAttributes {
 public:
  NetlinkAttributes() = default;
  // Stops at one whose length is wrong.
  explicit NetlinkAttributes(std::string_view bytes);

  bool has(uint16_t attribute) const { return attributes_.count(attribute) != 0; }
  // Empty when there is none, like the results of the functions below.
  std::string_view bytes(uint16_t attribute) const;
  std::string text(uint16_t attribute) const;
  uint32_t number(uint16_t attribute) const;
  // All values of an attribute that is there several times.
  std::vector<std::string> texts(uint16_t attribute) const;
  NetlinkAttributes nested(uint16_t attribute) const { return NetlinkAttributes(bytes(attribute)); }

 private:
  // Of several, the last one counts, as it does for the kernel itself.
  std::multimap<uint16_t, std::string_view> attributes_;
};

// The rest of `bytes` after the first `size`.
std::string_view bytesAfter(std::string_view bytes, size_t size);

}  // namespace tslxc
