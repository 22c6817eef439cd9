// The neighbour tables (ARP and NDP): rtnetlink(7), RTM_GETNEIGH. `network` as in link.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/base/mac-address.h"

namespace tslxc {

struct Neighbour {
  int index = 0;  // of the interface
  std::string address;
  MacAddress mac;
  uint16_t state = 0;  // NUD_*
};

std::vector<Neighbour> listNeighbours(int network);

}  // namespace tslxc
