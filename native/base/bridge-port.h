// What a bridge lets an interface do that is its port: rtnetlink(7), RTM_…LINK of AF_BRIDGE.
// `network` as in link.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

class RouteSocket;

// No frames between isolated ports.
void setPortIsolation(RouteSocket& socket, const std::string& name, bool isolated);
void isolatePort(int network, const std::string& name);

struct PortVlan {
  uint16_t id = 0;
  uint16_t flags = 0;  // BRIDGE_VLAN_INFO_*
};

// Takes the port out of VLAN 1, where the bridge puts it, and into these. EOPNOTSUPP when the
// kernel was built without CONFIG_BRIDGE_VLAN_FILTERING, or the interface is no port.
void setPortVlans(int network, const std::string& name, const std::vector<PortVlan>& vlans);

}  // namespace tslxc
