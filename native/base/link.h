// Network interfaces by rtnetlink(7). `network` is a descriptor of the network namespace that the
// names refer to, or -1 for the caller's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "native/base/mac-address.h"

namespace tslxc {

class RouteSocket;

struct NewVeth {
  std::string name;
  MacAddress address;
  std::string peer;
  MacAddress peerAddress;
  int peerNamespace = -1;  // -1 is the same as that of `name`
  uint32_t mtu = 0;        // of both ends; 0 is the kernel's default
};
struct NewBridge {
  std::string name;
  MacAddress address;
  uint32_t mtu = 0;
  std::optional<bool> stp;
  std::optional<uint32_t> forwardDelay;  // in hundredths of a second
  std::optional<bool> vlanFiltering;
  std::optional<uint32_t> learnedAddresses;  // Linux 6.7; earlier kernels ignore it
};
struct NewMacvlan {
  std::string name;
  MacAddress address;
  std::string lower;
  uint32_t mode = 0;  // MACVLAN_MODE_*
  uint32_t mtu = 0;
  int destination = -1;  // the namespace that it is made in; -1 is that of `lower`
};
using NewLink = std::variant<NewVeth, NewBridge, NewMacvlan>;

void createLink(int network, const NewLink& link);

enum class LinkState { down, up };

struct LinkChange {
  std::optional<LinkState> state;
  std::optional<MacAddress> address;
  std::optional<uint32_t> mtu;
  std::optional<std::string> master;      // '' for none
  std::optional<bool> isolated;           // of a bridge's port
  std::optional<bool> vlanFiltering;      // of a bridge
  std::vector<std::string> droppedNames;  // alternative names to remove
  std::optional<std::string> name;
  std::optional<int> destination;  // a namespace to move to
};

// In this order: down; address, MTU and master; isolation and filtering; alternative names; name,
// namespace and up.
// (Many drivers take a new name only while they are down, and a move takes an interface down and
// out of its bridge.)
void changeLink(int network, const std::string& name, const LinkChange& change);

void deleteLink(RouteSocket& socket, const std::string& name);
void deleteLink(int network, const std::string& name);

// A part of struct rtnl_link_stats64.
struct LinkStatistics {
  uint64_t rxBytes = 0;
  uint64_t rxPackets = 0;
  uint64_t rxErrors = 0;
  uint64_t rxDropped = 0;
  uint64_t txBytes = 0;
  uint64_t txPackets = 0;
  uint64_t txErrors = 0;
  uint64_t txDropped = 0;
};

struct Link {
  int index = 0;
  std::string name;
  std::string kind;
  MacAddress address;
  uint32_t mtu = 0;
  uint32_t master = 0;
  uint32_t parent = 0;  // the device below, or the peer; maybe of another namespace
  bool up = false;
  bool carrier = false;
  bool vlanFiltering = false;  // of a bridge
  // They move with the interface to another namespace.
  std::vector<std::string> alternativeNames;
  LinkStatistics statistics;
};

std::vector<Link> listLinks(int network);

}  // namespace tslxc
