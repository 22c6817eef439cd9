// IP addresses of network interfaces: rtnetlink(7), RTM_…ADDR. `network` as in link.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

struct NewLinkAddress {
  std::string address;
  uint8_t prefix = 0;
  std::string peer;       // the other end of a point-to-point link; '' for none
  std::string broadcast;  // '' for none
};

// Without duplicate address detection: an IPv6 address can be used at once. EEXIST if the interface
// already has it.
void addAddress(int network, const std::string& name, const NewLinkAddress& address);

struct LinkAddress {
  int index = 0;       // of the interface
  uint8_t family = 0;  // AF_INET, AF_INET6
  std::string address;
  uint8_t prefix = 0;
  std::string peer;
  uint8_t scope = 0;  // RT_SCOPE_*
  bool tentative = false;
};

std::vector<LinkAddress> listAddresses(int network);

}  // namespace tslxc
