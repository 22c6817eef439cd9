// Reading a CgroupStep of lib/host/native.ts.
#pragma once

#include <memory>
#include <vector>

#include "native/addon/input.h"
#include "native/base/cgroup.h"

namespace tslxc::addon {

using CgroupSteps = std::vector<CgroupStep>;

// Those of a plan are the same array at each start of its definition.
std::shared_ptr<const CgroupSteps> toCgroupSteps(const Input& steps);

}  // namespace tslxc::addon
