// The operations on network interfaces of the process's own network namespace. The peer of a new
// interface, or the interface itself, is put into init's.
#include "native/base/bridge-port.h"
#include "native/base/link-address.h"
#include "native/base/link-parameter.h"
#include "native/base/link.h"
#include "native/base/route.h"
#include "native/base/syscall.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

constexpr int kOwn = -1;

MacAddress macAddress(const std::string& text) {
  std::optional<MacAddress> address = parseMacAddress(text);
  if (!address) throw SyscallError{EINVAL, "plan", text};
  return std::move(*address);
}

// The first interface of a namespace for which `isIt`. Throws ENODEV.
template <typename IsIt>
Link find(int network, const std::string& subject, IsIt isIt) {
  for (Link& link : listLinks(network)) {
    if (isIt(link)) return std::move(link);
  }
  throw SyscallError{ENODEV, "RTM_GETLINK", subject};
}

// Takes an interface out of `network`, without the alternative names that the container gave it.
void take(int network, const Link& link, const std::string& name, const MacAddress& address,
          int destination) {
  LinkChange change;
  change.state = LinkState::down;
  if (!address.empty()) change.address = address;
  change.droppedNames = link.alternativeNames;
  change.name = name;
  change.destination = destination;
  changeLink(network, link.name, change);
}

}  // namespace

int Interpreter::initNetwork() const {
  if (!network_.valid()) throw SyscallError{EBADF, "plan", "init's network namespace"};
  return network_.get();
}

int Interpreter::previousNetwork() const {
  if (!previousNetwork_.valid()) throw SyscallError{EBADF, "plan", "the last network namespace"};
  return previousNetwork_.get();
}

void Interpreter::operator()(const TakePeer& op) {
  const int previous = previousNetwork();
  const Link host = find(
      kOwn, op.name, [&](const Link& link) { return link.kind == "veth" && link.name == op.name; });
  const Link peer = find(previous, op.peer, [&](const Link& link) {
    return link.kind == "veth" && static_cast<uint32_t>(link.index) == host.parent &&
           link.parent == static_cast<uint32_t>(host.index);
  });
  take(previous, peer, op.peer, macAddress(op.address), initNetwork());
}

void Interpreter::operator()(const TakeLink& op) {
  const int previous = previousNetwork();
  const MacAddress address = op.address.empty() ? MacAddress{} : macAddress(op.address);
  const Link link = find(previous, op.name, [&](const Link& candidate) {
    return op.address.empty() ? candidate.name == op.name : candidate.address == address;
  });
  take(previous, link, op.name, address, initNetwork());
}

void Interpreter::operator()(const MakeVeth& op) {
  createLink(kOwn, NewVeth{op.name, macAddress(op.address), op.peer, macAddress(op.peerAddress),
                           initNetwork(), op.mtu});
}

void Interpreter::operator()(const MakeMacvlan& op) {
  createLink(kOwn,
             NewMacvlan{op.name, macAddress(op.address), op.lower, op.mode, op.mtu, initNetwork()});
}

void Interpreter::operator()(const MoveLink& op) {
  LinkChange change;
  change.destination = initNetwork();
  change.name = op.guest;
  changeLink(kOwn, op.name, change);
}

void Interpreter::operator()(const JoinBridge& op) {
  LinkChange change;
  change.master = op.bridge;
  changeLink(kOwn, op.name, change);
}

void Interpreter::operator()(const IsolatePort& op) { isolatePort(kOwn, op.name); }

void Interpreter::operator()(const SetPortVlans& op) {
  std::vector<PortVlan> vlans;
  for (const uint32_t vlan : op.vlans) {
    vlans.push_back({static_cast<uint16_t>(vlan & 0xfff), static_cast<uint16_t>(vlan >> 16)});
  }
  setPortVlans(kOwn, op.name, vlans);
}

void Interpreter::operator()(const SetLinkAddress& op) {
  LinkChange change;
  change.address = macAddress(op.address);
  changeLink(kOwn, op.name, change);
}

void Interpreter::operator()(const SetLinkParameter& op) {
  try {
    setLinkParameter({op.family, op.name, op.parameter, op.value});
  } catch (const SyscallError& cause) {
    if (cause.error != ENOENT || op.missing != Missing::kSkip) throw;
  }
}

void Interpreter::operator()(const AddAddress& op) {
  addAddress(kOwn, op.name, {op.address, op.prefix, op.peer, op.broadcast});
}

void Interpreter::operator()(const AddRoute& op) {
  addRoute(kOwn, op.name, {op.address, op.prefix, op.gateway, op.metric});
}

void Interpreter::operator()(const SetLinkUp& op) {
  LinkChange change;
  change.state = LinkState::up;
  changeLink(kOwn, op.name, change);
}

}  // namespace tslxc
