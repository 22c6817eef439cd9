// The main routing table: rtnetlink(7), RTM_…ROUTE. `network` as in link.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

struct NewRoute {
  std::string address;
  uint8_t prefix = 0;
  std::string gateway;  // '' for none
  uint32_t metric = 0;  // 0 is the kernel's default
};

// Adds a route through the interface `name`. EEXIST if there is such a route already.
void addRoute(int network, const std::string& name, const NewRoute& route);

struct Route {
  int index = 0;        // of the interface that it leaves by
  uint8_t family = 0;   // AF_INET, AF_INET6
  std::string address;  // the unspecified address for the default route
  uint8_t prefix = 0;
  std::string gateway;
  uint32_t metric = 0;
};

// Unicast routes; one with several next hops is listed once for each.
std::vector<Route> listRoutes(int network);

}  // namespace tslxc
