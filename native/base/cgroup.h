// Cgroups by their files, v1 and v2 (cgroups(7)). Paths are absolute host paths that the caller
// chose; a container can make no symbolic link in these file systems.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "native/base/device-program.h"

namespace tslxc {

enum class Existing { exclusive, shared };

struct MakeCgroup {
  std::string path;
  Existing existing = Existing::exclusive;
};
struct WriteCgroup {
  std::string path;
  std::string value;
};
struct MarkCgroup {
  std::string path;
  std::string name;
  std::string value;
};
// The owner of a directory or file of a cgroup may manage what is below (delegation).
struct OwnCgroup {
  std::string path;
  uid_t uid = 0;
  gid_t gid = 0;
};
struct LimitDevices {
  std::string path;
  std::vector<DeviceRule> rules;
};
using CgroupStep = std::variant<MakeCgroup, WriteCgroup, MarkCgroup, OwnCgroup, LimitDevices>;

// Applies the steps in order, up to the first that fails.
void applyCgroupSteps(const std::vector<CgroupStep>& steps);

enum class FreezerState { thawed, frozen };

// Asks for the state and waits until the kernel reports it; ETIMEDOUT after `limit`.
void freezeCgroup(const std::string& path, FreezerState state, std::chrono::milliseconds limit);

}  // namespace tslxc
