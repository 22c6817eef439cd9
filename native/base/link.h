// Network interfaces by rtnetlink(7). `network` is a descriptor of the network namespace that the
// names mean, or -1 for the caller's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tslxc {

// Six bytes, or empty for one that the kernel chooses.
using MacAddress = std::string;

struct NewVeth {
  std::string name;
  MacAddress address;
  std::string peer;
  MacAddress peerAddress;
  int peerNamespace = -1;  // -1 is the same as that of `name`
};
struct NewBridge {
  std::string name;
  MacAddress address;
};
struct NewMacvlan {
  std::string name;
  MacAddress address;
  std::string lower;
  uint32_t mode = 0;  // MACVLAN_MODE_*
};
using NewLink = std::variant<NewVeth, NewBridge, NewMacvlan>;

void createLink(int network, const NewLink& link);

enum class LinkState { down, up };

struct LinkChange {
  std::optional<LinkState> state;
  std::optional<MacAddress> address;
  std::optional<uint32_t> mtu;
  std::optional<std::string> master;  // '' leaves it
  std::optional<std::string> name;
  std::optional<int> destination;  // a namespace to move to
};

// In this order: down; address, MTU and master; name, namespace and up. (Many drivers take a new
// name only while they are down, and a move takes an interface down and out of its bridge.)
void changeLink(int network, const std::string& name, const LinkChange& change);

void deleteLink(int network, const std::string& name);

struct Link {
  int index = 0;
  std::string name;
  std::string kind;
  std::string address;  // bytes
  uint32_t mtu = 0;
  uint32_t master = 0;
  bool up = false;
};

std::vector<Link> listLinks(int network);

}  // namespace tslxc
