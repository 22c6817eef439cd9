#include "native/base/neighbour.h"

#include <linux/neighbour.h>

#include "native/base/ip-address.h"
#include "native/base/netlink.h"

namespace tslxc {

std::vector<Neighbour> listNeighbours(int network) {
  std::vector<Neighbour> neighbours;
  RouteSocket(network).list<ndmsg>(
      NetlinkMessage(RTM_GETNEIGH, NLM_F_DUMP, ndmsg{}), "RTM_GETNEIGH",
      [&] { neighbours.clear(); },
      [&](const ndmsg& header, const NetlinkAttributes& found) {
        std::string address = formatIpAddress(header.ndm_family, found.bytes(NDA_DST));
        if (address.empty()) return;
        neighbours.push_back({header.ndm_ifindex, std::move(address),
                              std::string(found.bytes(NDA_LLADDR)), header.ndm_state});
      });
  return neighbours;
}

}  // namespace tslxc
