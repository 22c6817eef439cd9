// The operations on network interfaces. Those of the own network namespace; a new interface's other
// end, or the interface itself, is put into init's.
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

}  // namespace

int Interpreter::initNetwork() const {
  if (!network_.valid()) throw SyscallError{EBADF, "plan", "init's network namespace"};
  return network_.get();
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
