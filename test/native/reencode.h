// Plan → bytes, written once more and by hand from lib/plan/operation.ts: what the decoder made of
// bytes is turned back into them by the names of the fields, so that two swapped ones are noticed.
#pragma once

#include "native/base/bytes.h"
#include "native/plan/decode.h"

namespace tslxc::test {

class PlanWriter {
 public:
  std::string plan(const Plan& value);
  std::string commandPlan(const CommandPlan& value);
  std::string list(const std::vector<Operation>& values);

  void operator()(const OpenTree& op);
  void operator()(const CloneTree& op);
  void operator()(const MakeFilesystem& op);
  void operator()(const SetTreeAttributes& op);
  void operator()(const MakeNode& op);
  void operator()(const MakeDirectory& op);
  void operator()(const MakeSymlink& op);
  void operator()(const MakeNamespacePrivate& op);
  void operator()(const EnterTree& op);
  void operator()(const AttachTree& op);
  void operator()(const PutAside& op);
  void operator()(const PivotRoot& op);
  void operator()(const OpenFile& op);
  void operator()(const WriteFile& op);
  void operator()(const Unshare& op);
  void operator()(const SetHostname& op);
  void operator()(const NewSession& op);
  void operator()(const OpenConsole& op);
  void operator()(const SetCapabilities& op);
  void operator()(const SetIds& op);
  void operator()(const ChangeDirectory& op);
  void operator()(const EnterDirectory& op);
  void operator()(const SetProcessAttribute& op);
  void operator()(const OpenPlace& op);
  void operator()(const ProtectPath& op);
  void operator()(const AwaitCgroups& op);
  void operator()(const OpenRoot& op);
  void operator()(const AddNode& op);
  void operator()(const RemoveNode& op);
  void operator()(const DetachTree& op);
  void operator()(const SetPersonality& op);
  void operator()(const SetMemoryPolicy& op);
  void operator()(const ResetSignals& op);
  void operator()(const SetParentDeathSignal& op);
  void operator()(const AttachLoop& op);
  void operator()(const MakeFilesystemOn& op);
  void operator()(const MakeOverlay& op);
  void operator()(const MapTree& op);
  void operator()(const ChangeOwner& op);
  void operator()(const StackTree& op);
  void operator()(const CoverPath& op);
  void operator()(const OpenNamespace& op);
  void operator()(const JoinNamespace& op);
  void operator()(const MakeVeth& op);
  void operator()(const MakeMacvlan& op);
  void operator()(const MoveLink& op);
  void operator()(const TakePeer& op);
  void operator()(const TakeLink& op);
  void operator()(const JoinBridge& op);
  void operator()(const IsolatePort& op);
  void operator()(const SetPortVlans& op);
  void operator()(const SetLinkAddress& op);
  void operator()(const SetLinkParameter& op);
  void operator()(const AddAddress& op);
  void operator()(const AddRoute& op);
  void operator()(const SetLinkUp& op);
  void operator()(const SetResourceLimit& op);
  void operator()(const NewSessionKeyring& op);
  void operator()(const SetNoNewPrivileges& op);
  void operator()(const SetSeccomp& op);
  void operator()(const LimitBoundingSet& op);

 private:
  void header(const PlanHeader& value);
  void header(const CommandHeader& value);
  void operations(const std::vector<Operation>& values);
  void numbers(const std::vector<uint32_t>& values);
  template <typename Choice>
  void choice(Choice value) {
    bytes_.u8(static_cast<uint8_t>(value));
  }

  Writer bytes_;
};

}  // namespace tslxc::test
