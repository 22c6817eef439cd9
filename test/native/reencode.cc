// The bytes of plans, and of each operation but those of the network (reencode-network.cc), field
// by field, in the order of the table in lib/plan/operation.ts.
#include "test/native/reencode.h"

namespace tslxc::test {

std::string PlanWriter::plan(const Plan& value) {
  bytes_.u32(kPlanVersion);
  header(value.header);
  operations(value.outside);
  operations(value.mapped);
  operations(value.again);
  operations(value.inside);
  return bytes_.finish();
}

std::string PlanWriter::commandPlan(const CommandPlan& value) {
  bytes_.u32(kCommandPlanVersion);
  header(value.header);
  operations(value.outside);
  operations(value.inside);
  operations(value.command);
  return bytes_.finish();
}

std::string PlanWriter::list(const std::vector<Operation>& values) {
  operations(values);
  return bytes_.finish();
}

void PlanWriter::header(const PlanHeader& value) {
  bytes_.string(value.name);
  bytes_.string(value.runDirectory);
  bytes_.u32(value.namespaces);
  bytes_.string(value.uidMap);
  bytes_.string(value.gidMap);
  bytes_.u32(value.namespaceOwner);
  bytes_.string(value.unifiedCgroup);
  bytes_.strings(value.monitorTasks);
  bytes_.u32(value.deadline);
  bytes_.u32(value.replayBytes);
  bytes_.u8(value.consoles);
  bytes_.string(value.logDirectory);
  bytes_.string(value.logFile);
  bytes_.u32(value.logBytes);
  bytes_.strings(value.outputFiles);
  numbers(value.freshOutputFiles);
  bytes_.u32(value.outputFileBytes);
  bytes_.u8(value.outputFileBackups);
  bytes_.u8(value.consoleDescriptors);
  bytes_.u32(value.passDescriptors);
  bytes_.u8(value.standardStreams);
  bytes_.strings(value.argv);
  bytes_.strings(value.environment);
  bytes_.string(value.reapProgram);
  bytes_.strings(value.reapArgv);
  bytes_.strings(value.reapEnvironment);
  bytes_.strings(value.watchArgv);
  bytes_.string(value.watchLocks);
  bytes_.u64(value.watchByte);
  bytes_.u32(value.endPatience);
  bytes_.strings(value.endRequest);
  bytes_.string(value.boot);
  bytes_.u8(value.pause);
  bytes_.u8(value.keepNetwork);
  bytes_.strings(value.cgroups);
  bytes_.strings(value.recorded);
  bytes_.u8(value.restarts);
  bytes_.u8(value.autodestroy);
  bytes_.string(value.labelAttribute);
  bytes_.strings(value.labels);
  bytes_.u8(value.failpoint);
  bytes_.u8(value.failAction);
  bytes_.u8(value.failCount);
}

void PlanWriter::header(const CommandHeader& value) {
  bytes_.u32(value.namespaces);
  bytes_.string(value.unifiedCgroup);
  bytes_.strings(value.attendantTasks);
  bytes_.u32(value.deadline);
  bytes_.u8(value.terminal);
  bytes_.string(value.labelAttribute);
  bytes_.strings(value.labels);
  bytes_.strings(value.argv);
  bytes_.strings(value.environment);
}

void PlanWriter::numbers(const std::vector<uint32_t>& values) {
  bytes_.u32(static_cast<uint32_t>(values.size()));
  for (const uint32_t value : values) bytes_.u32(value);
}

void PlanWriter::operations(const std::vector<Operation>& values) {
  bytes_.u32(static_cast<uint32_t>(values.size()));
  for (const Operation& value : values) {
    bytes_.u8(static_cast<uint8_t>(value.index() + 1));
    std::visit(*this, value);
  }
}

void PlanWriter::operator()(const OpenTree& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.path);
  choice(op.depth);
  choice(op.automount);
}

void PlanWriter::operator()(const CloneTree& op) {
  bytes_.u32(op.tree);
  bytes_.u32(op.root);
  bytes_.string(op.path);
  choice(op.depth);
}

void PlanWriter::operator()(const MakeFilesystem& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.type);
  bytes_.strings(op.options);
  bytes_.u32(op.attributes);
}

void PlanWriter::operator()(const SetTreeAttributes& op) {
  bytes_.u32(op.tree);
  bytes_.u32(op.set);
  bytes_.u32(op.clear);
  bytes_.u32(op.propagation);
  choice(op.depth);
}

void PlanWriter::operator()(const MakeNode& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.path);
  bytes_.u32(op.type);
  bytes_.u32(op.major);
  bytes_.u32(op.minor);
  bytes_.u32(op.mode);
}

void PlanWriter::operator()(const MakeDirectory& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.path);
  bytes_.u32(op.mode);
}

void PlanWriter::operator()(const MakeSymlink& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.path);
  bytes_.string(op.target);
}

void PlanWriter::operator()(const MakeNamespacePrivate&) {}

void PlanWriter::operator()(const EnterTree& op) { bytes_.u32(op.tree); }

void PlanWriter::operator()(const AttachTree& op) {
  bytes_.u32(op.tree);
  bytes_.u32(op.root);
  bytes_.string(op.path);
  choice(op.missing);
}

void PlanWriter::operator()(const PutAside& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  choice(op.missing);
}

void PlanWriter::operator()(const PivotRoot&) {}

void PlanWriter::operator()(const OpenFile& op) {
  bytes_.u32(op.file);
  bytes_.string(op.path);
}

void PlanWriter::operator()(const WriteFile& op) {
  bytes_.u32(op.file);
  bytes_.string(op.text);
}

void PlanWriter::operator()(const Unshare& op) { bytes_.u32(op.namespaces); }

void PlanWriter::operator()(const SetHostname& op) { bytes_.string(op.name); }

void PlanWriter::operator()(const NewSession& op) { bytes_.u32(op.umask); }

void PlanWriter::operator()(const OpenConsole& op) {
  bytes_.u32(op.devpts);
  bytes_.u8(op.index);
  bytes_.u32(op.uid);
}

void PlanWriter::operator()(const SetCapabilities& op) { bytes_.u64(op.keep); }

void PlanWriter::operator()(const SetIds& op) {
  bytes_.u32(op.uid);
  bytes_.u32(op.gid);
  numbers(op.groups);
}

void PlanWriter::operator()(const ChangeDirectory& op) { bytes_.string(op.path); }
void PlanWriter::operator()(const EnterDirectory& op) { bytes_.string(op.path); }

void PlanWriter::operator()(const SetProcessAttribute& op) {
  bytes_.string(op.attribute);
  bytes_.string(op.text);
}

void PlanWriter::operator()(const ResetSignals&) {}

void PlanWriter::operator()(const SetParentDeathSignal& op) { bytes_.u32(op.signal); }

void PlanWriter::operator()(const AttachLoop& op) {
  bytes_.u32(op.device);
  bytes_.string(op.path);
  choice(op.access);
}

void PlanWriter::operator()(const MakeFilesystemOn& op) {
  bytes_.u32(op.tree);
  bytes_.u32(op.device);
  bytes_.string(op.type);
  bytes_.strings(op.options);
  bytes_.u32(op.attributes);
}

void PlanWriter::operator()(const MakeOverlay& op) {
  bytes_.u32(op.tree);
  bytes_.u32(static_cast<uint32_t>(op.lowers.size()));
  for (const uint32_t layer : op.lowers) bytes_.u32(layer);
  bytes_.u32(op.work);
  bytes_.strings(op.options);
  bytes_.u32(op.attributes);
}

void PlanWriter::operator()(const MapTree& op) {
  bytes_.u32(op.tree);
  choice(op.depth);
}

void PlanWriter::operator()(const ChangeOwner& op) {
  bytes_.u32(op.tree);
  bytes_.string(op.path);
  bytes_.u32(op.uid);
  bytes_.u32(op.gid);
}

void PlanWriter::operator()(const StackTree& op) { bytes_.u32(op.tree); }

void PlanWriter::operator()(const CoverPath& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  bytes_.u32(op.source);
  choice(op.missing);
}

void PlanWriter::operator()(const OpenPlace& op) {
  bytes_.u32(op.place);
  bytes_.u32(op.root);
  bytes_.string(op.path);
}

void PlanWriter::operator()(const ProtectPath& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  bytes_.u32(op.set);
  choice(op.missing);
}

void PlanWriter::operator()(const AwaitCgroups&) {}

void PlanWriter::operator()(const OpenRoot& op) { bytes_.u32(op.place); }

void PlanWriter::operator()(const AddNode& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  bytes_.u32(op.type);
  bytes_.u32(op.major);
  bytes_.u32(op.minor);
  bytes_.u32(op.mode);
  bytes_.u32(op.uid);
  bytes_.u32(op.gid);
}

void PlanWriter::operator()(const RemoveNode& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  bytes_.u32(op.type);
  bytes_.u32(op.major);
  bytes_.u32(op.minor);
}

void PlanWriter::operator()(const DetachTree& op) {
  bytes_.u32(op.root);
  bytes_.string(op.path);
  bytes_.u64(op.mount);
  bytes_.u64(op.device);
  bytes_.u64(op.inode);
}

void PlanWriter::operator()(const SetPersonality& op) { bytes_.u32(op.persona); }

void PlanWriter::operator()(const SetMemoryPolicy& op) {
  bytes_.u32(op.mode);
  numbers(op.nodes);
}

void PlanWriter::operator()(const SetResourceLimit& op) {
  bytes_.u32(op.resource);
  bytes_.u64(op.soft);
  bytes_.u64(op.hard);
}

void PlanWriter::operator()(const NewSessionKeyring&) {}

void PlanWriter::operator()(const SetNoNewPrivileges&) {}

void PlanWriter::operator()(const SetSeccomp& op) { numbers(op.program); }

void PlanWriter::operator()(const LimitBoundingSet& op) { bytes_.u64(op.keep); }

}  // namespace tslxc::test
