// The bytes of each operation of the network, field by field, in the order of the table in
// lib/plan/operation.ts.
#include "test/native/reencode.h"

namespace tslxc::test {

void PlanWriter::operator()(const OpenNamespace& op) {
  bytes_.u32(op.file);
  bytes_.string(op.path);
  bytes_.u64(op.inode);
}

void PlanWriter::operator()(const JoinNamespace& op) {
  bytes_.u32(op.file);
  bytes_.u32(op.kind);
}

void PlanWriter::operator()(const MakeVeth& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
  bytes_.string(op.peer);
  bytes_.string(op.peerAddress);
  bytes_.u32(op.mtu);
}

void PlanWriter::operator()(const MakeMacvlan& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
  bytes_.string(op.lower);
  bytes_.u32(op.mode);
  bytes_.u32(op.mtu);
}

void PlanWriter::operator()(const MoveLink& op) {
  bytes_.string(op.name);
  bytes_.string(op.guest);
}

void PlanWriter::operator()(const TakePeer& op) {
  bytes_.string(op.name);
  bytes_.string(op.peer);
  bytes_.string(op.address);
}

void PlanWriter::operator()(const TakeLink& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
}

void PlanWriter::operator()(const JoinBridge& op) {
  bytes_.string(op.name);
  bytes_.string(op.bridge);
}

void PlanWriter::operator()(const IsolatePort& op) { bytes_.string(op.name); }

void PlanWriter::operator()(const SetPortVlans& op) {
  bytes_.string(op.name);
  numbers(op.vlans);
}

void PlanWriter::operator()(const SetLinkAddress& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
}

void PlanWriter::operator()(const SetLinkParameter& op) {
  bytes_.string(op.family);
  bytes_.string(op.name);
  bytes_.string(op.parameter);
  bytes_.string(op.value);
  choice(op.missing);
}

void PlanWriter::operator()(const AddAddress& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
  bytes_.u8(op.prefix);
  bytes_.string(op.peer);
  bytes_.string(op.broadcast);
}

void PlanWriter::operator()(const AddRoute& op) {
  bytes_.string(op.name);
  bytes_.string(op.address);
  bytes_.u8(op.prefix);
  bytes_.string(op.gateway);
  bytes_.u32(op.metric);
}

void PlanWriter::operator()(const SetLinkUp& op) { bytes_.string(op.name); }

}  // namespace tslxc::test
