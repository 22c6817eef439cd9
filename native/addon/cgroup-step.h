// Reading a CgroupStep of lib/host/native.ts.
#pragma once

#include <vector>

#include "native/addon/input.h"
#include "native/base/cgroup.h"

namespace tslxc::addon {

std::vector<CgroupStep> toCgroupSteps(const Input& steps);

}  // namespace tslxc::addon
