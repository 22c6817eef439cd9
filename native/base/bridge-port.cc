#include "native/base/bridge-port.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <sys/socket.h>

#include "native/base/netlink.h"

namespace tslxc {
namespace {

NetlinkMessage portMessage(uint16_t type, int index) {
  ifinfomsg header{};
  header.ifi_family = AF_BRIDGE;
  header.ifi_index = index;
  return NetlinkMessage(type, NLM_F_ACK, header);
}

NetlinkMessage vlanMessage(uint16_t type, int index, const std::vector<PortVlan>& vlans) {
  NetlinkMessage message = portMessage(type, index);
  message.nest(IFLA_AF_SPEC, [&] {
    for (const PortVlan& vlan : vlans) {
      bridge_vlan_info info{};
      info.flags = vlan.flags;
      info.vid = vlan.id;
      message.bytes(IFLA_BRIDGE_VLAN_INFO, bytesOf(info));
    }
  });
  return message;
}

}  // namespace

void setPortIsolation(RouteSocket& socket, const std::string& name, bool isolated) {
  NetlinkMessage message = portMessage(RTM_SETLINK, socket.indexOf(name));
  // Without the flag the kernel takes the attribute for a port's state.
  message.nest(IFLA_PROTINFO | NLA_F_NESTED,
               [&] { message.byte(IFLA_BRPORT_ISOLATED, isolated ? 1 : 0); });
  socket.request(std::move(message), "RTM_SETLINK", name);
}

void isolatePort(int network, const std::string& name) {
  RouteSocket socket(network);
  setPortIsolation(socket, name, true);
}

void setPortVlans(int network, const std::string& name, const std::vector<PortVlan>& vlans) {
  RouteSocket socket(network);
  const int index = socket.indexOf(name);
  socket.request(vlanMessage(RTM_DELLINK, index, {{1, 0}}), "RTM_DELLINK", name);
  if (vlans.empty()) return;
  socket.request(vlanMessage(RTM_SETLINK, index, vlans), "RTM_SETLINK", name);
}

}  // namespace tslxc
