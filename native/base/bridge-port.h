// The settings of an interface as a port of a bridge: rtnetlink(7), RTM_…LINK of AF_BRIDGE.
// `network` as in link.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

class RouteSocket;

// Isolated ports exchange no frames.
void setPortIsolation(RouteSocket& socket, const std::string& name, bool isolated);
void isolatePort(int network, const std::string& name);

struct PortVlan {
  uint16_t id = 0;
  uint16_t flags = 0;  // BRIDGE_VLAN_INFO_*
};

// Takes the port out of VLAN 1, where the bridge puts it, and puts it into these. EOPNOTSUPP when
// the kernel was built without CONFIG_BRIDGE_VLAN_FILTERING, or the interface is no port.
void setPortVlans(int network, const std::string& name, const std::vector<PortVlan>& vlans);

}  // namespace tslxc
