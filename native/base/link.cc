#include "native/base/link.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "native/base/bridge-port.h"
#include "native/base/link-request.h"
#include "native/base/netlink.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

void create(RouteSocket& socket, const NewLink& link, const std::string& name) {
  socket.request(newLinkMessage(socket, link), "RTM_NEWLINK", name);
}

// Kernels before 6.15 refuse a name that exists in the namespace of the request, even for an
// interface that is made in another one: then it gets its name there afterwards.
void createElsewhere(int network, const NewMacvlan& link) {
  RouteSocket socket(network);
  try {
    create(socket, link, link.name);
    return;
  } catch (const SyscallError& refusal) {
    if (refusal.error != EEXIST || !socket.indexIfThere(link.name)) throw;
  }
  NewMacvlan unnamed = link;
  unnamed.name = "tslxc" + std::to_string(getpid());
  create(socket, unnamed, link.name);
  LinkChange naming;
  naming.name = link.name;
  changeLink(link.destination, unnamed.name, naming);
}

void setState(ifinfomsg& header, LinkState state) {
  header.ifi_change = IFF_UP;
  header.ifi_flags = state == LinkState::up ? static_cast<unsigned>(IFF_UP) : 0U;
}

// One RTM_SETLINK after another, for the interface with this index.
class Changes {
 public:
  Changes(RouteSocket& socket, const std::string& name)
      : socket_(socket), name_(name), index_(socket.indexOf(name)) {}

  template <typename Fill>
  void set(std::optional<LinkState> state, Fill fill) {
    ifinfomsg header = linkHeader(index_);
    if (state) setState(header, *state);
    NetlinkMessage message(RTM_SETLINK, NLM_F_ACK, header);
    fill(message);
    socket_.request(std::move(message), "RTM_SETLINK", name_);
  }

  // Only RTM_NEWLINK carries this, even for an existing interface.
  void setFiltering(bool filtering) {
    NetlinkMessage message(RTM_NEWLINK, NLM_F_ACK, linkHeader(index_));
    message.nest(IFLA_LINKINFO, [&] {
      message.text(IFLA_INFO_KIND, "bridge");
      message.nest(IFLA_INFO_DATA,
                   [&] { message.byte(IFLA_BR_VLAN_FILTERING, filtering ? 1 : 0); });
    });
    socket_.request(std::move(message), "RTM_NEWLINK", name_);
  }

  void dropNames(const std::vector<std::string>& names) {
    NetlinkMessage message(RTM_DELLINKPROP, NLM_F_ACK, linkHeader(index_));
    message.nest(IFLA_PROP_LIST | NLA_F_NESTED, [&] {
      for (const std::string& name : names) message.text(IFLA_ALT_IFNAME, name);
    });
    socket_.request(std::move(message), "RTM_DELLINKPROP", name_);
  }

 private:
  RouteSocket& socket_;
  const std::string& name_;
  int index_;
};

uint32_t masterIndex(const RouteSocket& socket, const std::string& master) {
  return master.empty() ? 0 : static_cast<uint32_t>(socket.indexOf(master));
}

LinkStatistics toStatistics(std::string_view bytes) {
  const auto all = structOf<rtnl_link_stats64>(bytes);
  return {all.rx_bytes, all.rx_packets, all.rx_errors, all.rx_dropped,
          all.tx_bytes, all.tx_packets, all.tx_errors, all.tx_dropped};
}

bool filtersVlans(const NetlinkAttributes& info) {
  if (info.text(IFLA_INFO_KIND) != "bridge") return false;
  const std::string_view value = info.nested(IFLA_INFO_DATA).bytes(IFLA_BR_VLAN_FILTERING);
  return !value.empty() && value.front() != 0;
}

Link toLink(const ifinfomsg& header, const NetlinkAttributes& found) {
  const NetlinkAttributes info = found.nested(IFLA_LINKINFO);
  return {header.ifi_index,
          found.text(IFLA_IFNAME),
          info.text(IFLA_INFO_KIND),
          MacAddress(found.bytes(IFLA_ADDRESS)),
          found.number(IFLA_MTU),
          found.number(IFLA_MASTER),
          found.number(IFLA_LINK),
          (header.ifi_flags & IFF_UP) != 0,
          (header.ifi_flags & IFF_LOWER_UP) != 0,
          filtersVlans(info),
          found.nested(IFLA_PROP_LIST).texts(IFLA_ALT_IFNAME),
          toStatistics(found.bytes(IFLA_STATS64))};
}

}  // namespace

void createLink(int network, const NewLink& link) {
  const auto* const macvlan = std::get_if<NewMacvlan>(&link);
  if (macvlan != nullptr && macvlan->destination != -1) return createElsewhere(network, *macvlan);
  RouteSocket socket(network);
  create(socket, link, std::visit([](const auto& any) { return any.name; }, link));
}

void changeLink(int network, const std::string& name, const LinkChange& change) {
  RouteSocket socket(network);
  Changes changes(socket, name);
  if (change.state == LinkState::down) changes.set(LinkState::down, [](NetlinkMessage&) {});
  if (change.address || change.mtu || change.master) {
    changes.set({}, [&](NetlinkMessage& message) {
      if (change.address) message.bytes(IFLA_ADDRESS, *change.address);
      if (change.mtu) message.number(IFLA_MTU, *change.mtu);
      if (change.master) message.number(IFLA_MASTER, masterIndex(socket, *change.master));
    });
  }
  if (change.isolated) setPortIsolation(socket, name, *change.isolated);
  if (change.vlanFiltering) changes.setFiltering(*change.vlanFiltering);
  if (!change.droppedNames.empty()) changes.dropNames(change.droppedNames);
  const bool up = change.state == LinkState::up;
  if (!change.name && !change.destination && !up) return;
  changes.set(up ? change.state : std::nullopt, [&](NetlinkMessage& message) {
    if (change.name) message.text(IFLA_IFNAME, *change.name);
    if (change.destination) {
      message.number(IFLA_NET_NS_FD, static_cast<uint32_t>(*change.destination));
    }
  });
}

void deleteLink(int network, const std::string& name) {
  RouteSocket socket(network);
  deleteLink(socket, name);
}

void deleteLink(RouteSocket& socket, const std::string& name) {
  NetlinkMessage message(RTM_DELLINK, NLM_F_ACK, linkHeader(0));
  message.text(IFLA_IFNAME, name);
  socket.request(std::move(message), "RTM_DELLINK", name);
}

std::vector<Link> listLinks(int network) {
  std::vector<Link> links;
  RouteSocket(network).list<ifinfomsg>(
      NetlinkMessage(RTM_GETLINK, NLM_F_DUMP, linkHeader(0)), "RTM_GETLINK", [&] { links.clear(); },
      [&](const ifinfomsg& header, const NetlinkAttributes& found) {
        links.push_back(toLink(header, found));
      });
  return links;
}

}  // namespace tslxc
