#include "native/base/netlink-message.h"

#include <algorithm>
#include <iterator>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

std::string untilZero(std::string_view value) {
  return std::string(value.substr(0, value.find('\0')));
}

}  // namespace

void NetlinkMessage::start(uint16_t type, unsigned flags) {
  nlmsghdr start{};
  start.nlmsg_type = type;
  start.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  buffer_.append(bytesOf(start));
}

void NetlinkMessage::text(uint16_t attribute, std::string_view value) {
  bytes(attribute, std::string(value).append(1, '\0'));
}

void NetlinkMessage::byte(uint16_t attribute, uint8_t value) { bytes(attribute, bytesOf(value)); }

void NetlinkMessage::number(uint16_t attribute, uint32_t value) {
  bytes(attribute, bytesOf(value));
}

void NetlinkMessage::bytes(uint16_t attribute, std::string_view value) {
  nest(attribute, [&] { buffer_.append(value); });
}

std::string_view NetlinkMessage::finish(uint32_t sequence) {
  auto start = structOf<nlmsghdr>(buffer_);
  start.nlmsg_len = static_cast<uint32_t>(buffer_.size());
  start.nlmsg_seq = sequence;
  std::memcpy(buffer_.data(), &start, sizeof start);
  return buffer_;
}

size_t NetlinkMessage::begin(uint16_t attribute) {
  const size_t start = buffer_.size();
  rtattr head{};
  head.rta_type = attribute;
  buffer_.append(bytesOf(head));
  return start;
}

void NetlinkMessage::end(size_t start) {
  const size_t length = buffer_.size() - start;
  if (length > UINT16_MAX) throw SyscallError{EMSGSIZE, "sendto", "netlink"};
  const auto small = static_cast<uint16_t>(length);
  std::memcpy(buffer_.data() + start + offsetof(rtattr, rta_len), &small, sizeof small);
  append({});
}

void NetlinkMessage::append(std::string_view value) {
  buffer_.append(value);
  buffer_.resize(RTA_ALIGN(buffer_.size()), '\0');
}

NetlinkAttributes::NetlinkAttributes(std::string_view bytes) {
  while (bytes.size() >= sizeof(rtattr)) {
    const auto head = structOf<rtattr>(bytes);
    if (head.rta_len < sizeof(rtattr) || head.rta_len > bytes.size()) break;
    const auto type = static_cast<uint16_t>(head.rta_type & NLA_TYPE_MASK);
    attributes_.emplace(type, bytes.substr(RTA_LENGTH(0), head.rta_len - RTA_LENGTH(0)));
    bytes = bytesAfter(bytes, RTA_ALIGN(head.rta_len));
  }
}

std::string_view NetlinkAttributes::bytes(uint16_t attribute) const {
  const auto after = attributes_.upper_bound(attribute);
  if (after == attributes_.begin()) return {};
  const auto& [type, value] = *std::prev(after);
  return type == attribute ? value : std::string_view();
}

std::string NetlinkAttributes::text(uint16_t attribute) const {
  return untilZero(bytes(attribute));
}

std::vector<std::string> NetlinkAttributes::texts(uint16_t attribute) const {
  std::vector<std::string> all;
  const auto [first, last] = attributes_.equal_range(attribute);
  for (auto found = first; found != last; ++found) all.push_back(untilZero(found->second));
  return all;
}

uint32_t NetlinkAttributes::number(uint16_t attribute) const {
  return structOf<uint32_t>(bytes(attribute));
}

std::string_view bytesAfter(std::string_view bytes, size_t size) {
  bytes.remove_prefix(std::min(bytes.size(), size));
  return bytes;
}

}  // namespace tslxc
