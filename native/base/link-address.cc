#include "native/base/link-address.h"

#include <sys/socket.h>

#include "native/base/ip-address.h"
#include "native/base/netlink.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr char kNewAddress[] = "RTM_NEWADDR";

std::string bytesOfFamily(const std::string& text, uint8_t family) {
  IpAddress address = requireIpAddress(text, kNewAddress);
  if (address.family != family) throw SyscallError{EINVAL, kNewAddress, text};
  return std::move(address.bytes);
}

LinkAddress toLinkAddress(const ifaddrmsg& header, const NetlinkAttributes& found) {
  // IFA_ADDRESS is the other end of a point-to-point link. Otherwise it is the same as IFA_LOCAL,
  // which IPv6 then leaves out.
  const std::string_view other = found.bytes(IFA_ADDRESS);
  const std::string_view own = found.has(IFA_LOCAL) ? found.bytes(IFA_LOCAL) : other;
  const uint32_t flags = found.has(IFA_FLAGS) ? found.number(IFA_FLAGS) : header.ifa_flags;
  return {static_cast<int>(header.ifa_index),
          header.ifa_family,
          formatIpAddress(header.ifa_family, own),
          header.ifa_prefixlen,
          own == other ? std::string() : formatIpAddress(header.ifa_family, other),
          header.ifa_scope,
          (flags & IFA_F_TENTATIVE) != 0};
}

}  // namespace

void addAddress(int network, const std::string& name, const NewLinkAddress& address) {
  const IpAddress own = requireIpAddress(address.address, kNewAddress);
  RouteSocket socket(network);
  ifaddrmsg header{};
  header.ifa_family = own.family;
  header.ifa_prefixlen = address.prefix;
  header.ifa_index = static_cast<unsigned>(socket.indexOf(name));
  if (own.family == AF_INET6) header.ifa_flags = IFA_F_NODAD;
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, header);
  message.bytes(IFA_LOCAL, own.bytes);
  message.bytes(IFA_ADDRESS,
                address.peer.empty() ? own.bytes : bytesOfFamily(address.peer, own.family));
  if (!address.broadcast.empty()) {
    message.bytes(IFA_BROADCAST, bytesOfFamily(address.broadcast, own.family));
  }
  socket.request(std::move(message), kNewAddress, name + " " + address.address);
}

std::vector<LinkAddress> listAddresses(int network) {
  std::vector<LinkAddress> addresses;
  RouteSocket(network).list<ifaddrmsg>(
      NetlinkMessage(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}), "RTM_GETADDR",
      [&] { addresses.clear(); },
      [&](const ifaddrmsg& header, const NetlinkAttributes& found) {
        if (header.ifa_family != AF_INET && header.ifa_family != AF_INET6) return;
        addresses.push_back(toLinkAddress(header, found));
      });
  return addresses;
}

}  // namespace tslxc
