#include "native/base/route.h"

#include <sys/socket.h>

#include "native/base/ip-address.h"
#include "native/base/netlink.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr char kNewRoute[] = "RTM_NEWROUTE";

std::string unspecified(uint8_t family) { return family == AF_INET ? "0.0.0.0" : "::"; }

std::string describe(const std::string& name, const NewRoute& route) {
  std::string text =
      name + " " + route.address + "/" + std::to_string(static_cast<unsigned>(route.prefix));
  return route.gateway.empty() ? text : text.append(" by ").append(route.gateway);
}

// RTA_GATEWAY, or RTA_VIA for a gateway of the other family.
std::string gatewayOf(uint8_t family, const NetlinkAttributes& found) {
  if (!found.has(RTA_VIA)) return formatIpAddress(family, found.bytes(RTA_GATEWAY));
  const std::string_view via = found.bytes(RTA_VIA);
  const auto viaFamily = static_cast<uint8_t>(structOf<rtvia>(via).rtvia_family);
  return formatIpAddress(viaFamily, bytesAfter(via, sizeof(rtvia)));
}

bool isWanted(const rtmsg& header, const NetlinkAttributes& found) {
  const uint32_t table = found.has(RTA_TABLE) ? found.number(RTA_TABLE) : header.rtm_table;
  return (header.rtm_family == AF_INET || header.rtm_family == AF_INET6) &&
         table == RT_TABLE_MAIN && header.rtm_type == RTN_UNICAST &&
         (header.rtm_flags & RTM_F_CLONED) == 0;
}

void appendRoutes(std::vector<Route>& routes, const rtmsg& header, const NetlinkAttributes& found) {
  const uint8_t family = header.rtm_family;
  const std::string destination = formatIpAddress(family, found.bytes(RTA_DST));
  Route route{static_cast<int>(found.number(RTA_OIF)),
              family,
              destination.empty() ? unspecified(family) : destination,
              header.rtm_dst_len,
              gatewayOf(family, found),
              found.number(RTA_PRIORITY)};
  std::string_view hops = found.bytes(RTA_MULTIPATH);
  if (hops.empty()) routes.push_back(route);
  while (hops.size() >= sizeof(rtnexthop)) {
    const auto hop = structOf<rtnexthop>(hops);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > hops.size()) break;
    route.index = hop.rtnh_ifindex;
    route.gateway =
        gatewayOf(family, NetlinkAttributes(bytesAfter(hops.substr(0, hop.rtnh_len), sizeof hop)));
    routes.push_back(route);
    hops = bytesAfter(hops, RTNH_ALIGN(hop.rtnh_len));
  }
}

}  // namespace

void addRoute(int network, const std::string& name, const NewRoute& route) {
  const IpAddress destination = requireIpAddress(route.address, kNewRoute);
  RouteSocket socket(network);
  rtmsg header{};
  header.rtm_family = destination.family;
  header.rtm_dst_len = route.prefix;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_BOOT;
  header.rtm_scope = route.gateway.empty() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, header);
  message.bytes(RTA_DST, destination.bytes);
  message.number(RTA_OIF, static_cast<uint32_t>(socket.indexOf(name)));
  if (!route.gateway.empty()) {
    const IpAddress gateway = requireIpAddress(route.gateway, kNewRoute);
    if (gateway.family != destination.family) {
      throw SyscallError{EINVAL, kNewRoute, describe(name, route)};
    }
    message.bytes(RTA_GATEWAY, gateway.bytes);
  }
  if (route.metric != 0) message.number(RTA_PRIORITY, route.metric);
  socket.request(std::move(message), kNewRoute, describe(name, route));
}

std::vector<Route> listRoutes(int network) {
  std::vector<Route> routes;
  RouteSocket(network).list<rtmsg>(
      NetlinkMessage(RTM_GETROUTE, NLM_F_DUMP, rtmsg{}), "RTM_GETROUTE", [&] { routes.clear(); },
      [&](const rtmsg& header, const NetlinkAttributes& found) {
        if (isWanted(header, found)) appendRoutes(routes, header, found);
      });
  return routes;
}

}  // namespace tslxc
