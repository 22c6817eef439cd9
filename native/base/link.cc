#include "native/base/link.h"

#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>

#include "native/base/netlink.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr unsigned kCreate = NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;

ifinfomsg headerOf(int index) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  return header;
}

int indexOf(RouteSocket& socket, const std::string& name) {
  LinkMessage message(RTM_GETLINK, NLM_F_ACK, headerOf(0));
  message.text(IFLA_IFNAME, name);
  int index = 0;
  socket.read(std::move(message), "RTM_GETLINK", name,
              [&](const LinkAttributes& link) { index = link.header.ifi_index; });
  return index;
}

void identity(LinkMessage& message, const std::string& name, const MacAddress& address) {
  message.text(IFLA_IFNAME, name);
  if (!address.empty()) message.bytes(IFLA_ADDRESS, address);
}

struct Describe {
  RouteSocket& socket;
  LinkMessage& message;

  void operator()(const NewVeth& link) const {
    identity(message, link.name, link.address);
    message.nest(IFLA_LINKINFO, [&] {
      message.text(IFLA_INFO_KIND, "veth");
      message.nest(IFLA_INFO_DATA, [&] {
        message.nest(VETH_INFO_PEER, [&] {
          message.header(headerOf(0));
          identity(message, link.peer, link.peerAddress);
          if (link.peerNamespace == -1) return;
          message.number(IFLA_NET_NS_FD, static_cast<uint32_t>(link.peerNamespace));
        });
      });
    });
  }

  void operator()(const NewBridge& link) const {
    identity(message, link.name, link.address);
    message.nest(IFLA_LINKINFO, [&] { message.text(IFLA_INFO_KIND, "bridge"); });
  }

  void operator()(const NewMacvlan& link) const {
    identity(message, link.name, link.address);
    message.number(IFLA_LINK, static_cast<uint32_t>(indexOf(socket, link.lower)));
    message.nest(IFLA_LINKINFO, [&] {
      message.text(IFLA_INFO_KIND, "macvlan");
      message.nest(IFLA_INFO_DATA, [&] { message.number(IFLA_MACVLAN_MODE, link.mode); });
    });
  }
};

void setState(ifinfomsg& header, LinkState state) {
  header.ifi_change = IFF_UP;
  header.ifi_flags = state == LinkState::up ? static_cast<unsigned>(IFF_UP) : 0U;
}

Link toLink(const LinkAttributes& found) {
  const LinkAttributes info{{}, parseAttributes(found.bytes(IFLA_LINKINFO))};
  return {found.header.ifi_index,
          found.text(IFLA_IFNAME),
          info.text(IFLA_INFO_KIND),
          std::string(found.bytes(IFLA_ADDRESS)),
          found.number(IFLA_MTU),
          found.number(IFLA_MASTER),
          (found.header.ifi_flags & IFF_UP) != 0};
}

uint32_t masterIndex(RouteSocket& socket, const std::string& master) {
  return master.empty() ? 0 : static_cast<uint32_t>(indexOf(socket, master));
}

}  // namespace

void createLink(int network, const NewLink& link) {
  RouteSocket socket(network);
  LinkMessage message(RTM_NEWLINK, kCreate, headerOf(0));
  std::visit(Describe{socket, message}, link);
  const std::string name = std::visit([](const auto& any) { return any.name; }, link);
  socket.request(std::move(message), "RTM_NEWLINK", name);
}

void changeLink(int network, const std::string& name, const LinkChange& change) {
  RouteSocket socket(network);
  const int index = indexOf(socket, name);
  const auto set = [&](LinkMessage message) {
    socket.request(std::move(message), "RTM_SETLINK", name);
  };
  ifinfomsg header = headerOf(index);
  if (change.state == LinkState::down) {
    setState(header, LinkState::down);
    set(LinkMessage(RTM_SETLINK, NLM_F_ACK, header));
  }
  header = headerOf(index);
  if (change.address || change.mtu || change.master) {
    LinkMessage message(RTM_SETLINK, NLM_F_ACK, header);
    if (change.address) message.bytes(IFLA_ADDRESS, *change.address);
    if (change.mtu) message.number(IFLA_MTU, *change.mtu);
    if (change.master) message.number(IFLA_MASTER, masterIndex(socket, *change.master));
    set(std::move(message));
  }
  if (change.name || change.destination || change.state == LinkState::up) {
    if (change.state == LinkState::up) setState(header, LinkState::up);
    LinkMessage message(RTM_SETLINK, NLM_F_ACK, header);
    if (change.name) message.text(IFLA_IFNAME, *change.name);
    if (change.destination) {
      message.number(IFLA_NET_NS_FD, static_cast<uint32_t>(*change.destination));
    }
    set(std::move(message));
  }
}

void deleteLink(int network, const std::string& name) {
  RouteSocket socket(network);
  LinkMessage message(RTM_DELLINK, NLM_F_ACK, headerOf(0));
  message.text(IFLA_IFNAME, name);
  socket.request(std::move(message), "RTM_DELLINK", name);
}

std::vector<Link> listLinks(int network) {
  constexpr uint32_t kSkipStatistics = 1U << 3;  // RTEXT_FILTER_SKIP_STATS
  constexpr int kAttempts = 16;
  RouteSocket socket(network);
  std::vector<Link> links;
  const auto read = [&] {
    links.clear();
    LinkMessage message(RTM_GETLINK, NLM_F_DUMP, headerOf(0));
    message.number(IFLA_EXT_MASK, kSkipStatistics);
    return socket.read(std::move(message), "RTM_GETLINK", {},
                       [&](const LinkAttributes& found) { links.push_back(toLink(found)); });
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (read()) return links;
  }
  throw SyscallError{EAGAIN, "RTM_GETLINK", {}};
}

}  // namespace tslxc
