// The devices that processes of a v2 cgroup may use: a program of type BPF_PROG_TYPE_CGROUP_DEVICE,
// which is what v2 has in the place of v1's devices.allow (Linux 4.15). All programs on the way to
// the root must agree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

// A rule that allows access; what no rule allows is refused. Values are the kernel's (linux/bpf.h).
struct DeviceRule {
  uint32_t type = 0;    // BPF_DEVCG_DEV_*, 0 is both
  int32_t major = -1;   // -1 is any
  int32_t minor = -1;   // -1 is any
  uint32_t access = 0;  // BPF_DEVCG_ACC_* bits
};

// Attaches a program for these rules to the cgroup `path`. One that an earlier call attached is
// replaced; all others stay.
void setDeviceProgram(const std::string& path, const std::vector<DeviceRule>& rules);

}  // namespace tslxc
