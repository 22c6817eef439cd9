// Performs operations in order and decides nothing: each tolerance is a field that the planner set.
// It knows no domain, no XML and no cgroup.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "native/base/fd.h"
#include "native/base/pty.h"
#include "native/plan/operations.generated.h"

namespace tslxc {

class Interpreter {
 public:
  // Throws SyscallError at the first operation that fails; step() is then its position. Calls
  // `afterEach` after each operation.
  void run(const std::vector<Operation>& operations, const std::function<void()>& afterEach = {});

  // Position of the operation that is being performed, or was last, in the list given to run().
  size_t step() const { return step_; }

  // The user namespace whose id maps mapTree gives to trees.
  void useUserNamespace(Fd userNamespace) { userNamespace_ = std::move(userNamespace); }

  // Init's network namespace, into which makeVeth, makeMacvlan, moveLink, takePeer and takeLink put
  // interfaces.
  void useNetwork(Fd network) { network_ = std::move(network); }

  // The network namespace of init's previous life, out of which takePeer and takeLink take them.
  void usePreviousNetwork(Fd network) { previousNetwork_ = std::move(network); }

  // Obtained in the host's mount namespace: the file systems' devices that addNode and removeNode
  // leave alone, and /proc/self/fd, through which detachTree names a file that it has open.
  void useHost(std::set<dev_t> mountedDevices, Fd ownDescriptors) {
    mountedDevices_ = std::move(mountedDevices);
    ownDescriptors_ = std::move(ownDescriptors);
  }

  // The function by which awaitCgroups waits; without one it does not wait.
  void waitForCgroupsBy(std::function<void()> wait) { waitForCgroups_ = std::move(wait); }

  // What openConsole opened, in order of the consoles.
  std::vector<Pty>& consoles() { return consoles_; }

  // The descriptors of all handles.
  std::vector<int> descriptors() const;

  // Closes every handle.
  void closeHandles() {
    handles_.clear();
    userNamespace_.reset();
    network_.reset();
    previousNetwork_.reset();
  }

  void operator()(const OpenTree& op);
  void operator()(const CloneTree& op);
  void operator()(const MakeFilesystem& op);
  void operator()(const AttachLoop& op);
  void operator()(const MakeFilesystemOn& op);
  void operator()(const MakeOverlay& op);
  void operator()(const SetTreeAttributes& op);
  void operator()(const MapTree& op);
  void operator()(const MakeNode& op);
  void operator()(const MakeDirectory& op);
  void operator()(const MakeSymlink& op);
  void operator()(const ChangeOwner& op);
  void operator()(const MakeNamespacePrivate& op);
  void operator()(const StackTree& op);
  void operator()(const EnterTree& op);
  void operator()(const AttachTree& op);
  void operator()(const CoverPath& op);
  void operator()(const PutAside& op);
  void operator()(const PivotRoot& op);
  void operator()(const OpenFile& op);
  void operator()(const WriteFile& op);
  void operator()(const Unshare& op);
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
  void operator()(const SetHostname& op);
  void operator()(const SetPersonality& op);
  void operator()(const SetMemoryPolicy& op);
  void operator()(const NewSession& op);
  void operator()(const OpenConsole& op);
  void operator()(const SetResourceLimit& op);
  void operator()(const NewSessionKeyring& op);
  void operator()(const SetNoNewPrivileges& op);
  void operator()(const SetSeccomp& op);
  void operator()(const LimitBoundingSet& op);
  void operator()(const SetCapabilities& op);
  void operator()(const SetIds& op);
  void operator()(const ChangeDirectory& op);
  void operator()(const ResetSignals& op);
  void operator()(const SetParentDeathSignal& op);
  void operator()(const EnterDirectory& op);
  void operator()(const SetProcessAttribute& op);
  void operator()(const OpenPlace& op);
  void operator()(const ProtectPath& op);
  void operator()(const AwaitCgroups& op);
  void operator()(const OpenRoot& op);
  void operator()(const AddNode& op);
  void operator()(const RemoveNode& op);
  void operator()(const DetachTree& op);

 private:
  void open(uint32_t index, Fd fd, std::string_view subject);
  int handle(uint32_t index) const;
  int initNetwork() const;
  int previousNetwork() const;
  // `path` in the tree of `root`, as an O_PATH descriptor; invalid if it is missing and `missing`
  // allows that.
  Fd place(uint32_t root, const std::string& path, Missing missing) const;

  struct Handle {
    Fd fd;
    std::string subject;
  };
  std::vector<Handle> handles_;
  std::function<void()> waitForCgroups_;
  std::set<dev_t> mountedDevices_;
  Fd ownDescriptors_;
  Fd userNamespace_;
  Fd network_;
  Fd previousNetwork_;
  std::vector<Pty> consoles_;
  size_t step_ = 0;
};

}  // namespace tslxc
