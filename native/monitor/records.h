// The records that the monitor leaves in the domain's run folder, for callers of later days: JSON
// that holds numbers and paths of ours only, but for the mounts. Written to a temporary name and
// renamed, so that a reader sees all or none.
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
// target, in the same order, what it is known by; nothing where there is none.
struct MountsRecord {
  pid_t init;
  const std::vector<std::string>& targets;
  const std::vector<std::optional<MountIdentity>>& mounts;
};

// A text of lines that end by NUL: the pid, then for each mount its three numbers and the target.
void writeMountsRecord(int directory, const MountsRecord& record);

// On a disk that is full it takes the room that the start has kept.
void writeExitRecord(int directory, const ExitedMessage& exited, const std::string& boot);

}  // namespace tslxc
