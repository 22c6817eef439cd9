// The records that the monitor leaves in the domain's run folder, for callers of later days: JSON
// that holds numbers and paths of ours only. Written to a temporary name and renamed, so that a
// reader sees all or none.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "native/base/messages.generated.h"

namespace tslxc {

struct RunningRecord {
  pid_t init;
  const std::vector<std::string>& consoles;
  // How often the container has been rebooted by this monitor.
  uint32_t boots;
};

void writeRunningRecord(int directory, const RunningRecord& running);

// On a disk that is full it takes the room that the start has kept.
void writeExitRecord(int directory, const ExitedMessage& exited, const std::string& boot);

}  // namespace tslxc
