#include "native/base/link-request.h"

#include <linux/if_link.h>
#include <linux/veth.h>
#include <sys/socket.h>

namespace tslxc {
namespace {

// IFLA_BR_FDB_MAX_LEARNED, which older headers lack.
constexpr uint16_t kMaxLearned = 49;

void identity(NetlinkMessage& message, const std::string& name, const MacAddress& address,
              uint32_t mtu) {
  message.text(IFLA_IFNAME, name);
  if (!address.empty()) message.bytes(IFLA_ADDRESS, address);
  if (mtu != 0) message.number(IFLA_MTU, mtu);
}

void destination(NetlinkMessage& message, int network) {
  if (network != -1) message.number(IFLA_NET_NS_FD, static_cast<uint32_t>(network));
}

template <typename Fill>
void kind(NetlinkMessage& message, const char* name, Fill data) {
  message.nest(IFLA_LINKINFO, [&] {
    message.text(IFLA_INFO_KIND, name);
    message.nest(IFLA_INFO_DATA, data);
  });
}

struct Describe {
  const RouteSocket& socket;
  NetlinkMessage& message;

  void operator()(const NewVeth& link) const {
    identity(message, link.name, link.address, link.mtu);
    kind(message, "veth", [&] {
      message.nest(VETH_INFO_PEER, [&] {
        message.part(linkHeader(0));
        identity(message, link.peer, link.peerAddress, link.mtu);
        destination(message, link.peerNamespace);
      });
    });
  }

  void operator()(const NewBridge& link) const {
    identity(message, link.name, link.address, link.mtu);
    kind(message, "bridge", [&] {
      if (link.forwardDelay) message.number(IFLA_BR_FORWARD_DELAY, *link.forwardDelay);
      if (link.stp) message.number(IFLA_BR_STP_STATE, *link.stp ? 1 : 0);
      if (link.vlanFiltering) message.byte(IFLA_BR_VLAN_FILTERING, *link.vlanFiltering ? 1 : 0);
      if (link.learnedAddresses) message.number(kMaxLearned, *link.learnedAddresses);
    });
  }

  void operator()(const NewMacvlan& link) const {
    identity(message, link.name, link.address, link.mtu);
    message.number(IFLA_LINK, static_cast<uint32_t>(socket.indexOf(link.lower)));
    destination(message, link.destination);
    kind(message, "macvlan", [&] { message.number(IFLA_MACVLAN_MODE, link.mode); });
  }
};

}  // namespace

ifinfomsg linkHeader(int index) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  return header;
}

NetlinkMessage newLinkMessage(const RouteSocket& socket, const NewLink& link) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, linkHeader(0));
  std::visit(Describe{socket, message}, link);
  return message;
}

}  // namespace tslxc
