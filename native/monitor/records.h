// The records that the monitor leaves in the domain's run folder for later callers. All but that of
// the mounts are JSON, and hold only numbers and paths of tslxc's own. Each is written under a
// temporary name and renamed, so that a reader sees all of it or none.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "native/base/messages.generated.h"
#include "native/base/mount.h"

namespace tslxc {

struct RunningRecord {
  pid_t init;
  const std::vector<std::string>& consoles;
  // How often the container has been rebooted by this monitor.
  uint32_t boots;
};

void writeRunningRecord(int directory, const RunningRecord& running);

// Where the file systems of a container were mounted before its init executed its program: for each
// target, in the same order, the identity of its mount; nothing where there is none.
struct MountsRecord {
  pid_t init;
  const std::vector<std::string>& targets;
  const std::vector<std::optional<MountIdentity>>& mounts;
};

// Writes lines that end with NUL: the pid, then for each mount its three numbers and its target.
void writeMountsRecord(int directory, const MountsRecord& record);

// Uses the space that the start has reserved, so that it works on a full disk too.
void writeExitRecord(int directory, const ExitedMessage& exited, const std::string& boot);

}  // namespace tslxc
