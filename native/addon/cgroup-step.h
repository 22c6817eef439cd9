// Reads CgroupSteps (lib/host/native.ts).
#pragma once

#include <memory>
#include <vector>

#include "native/addon/input.h"
#include "native/base/cgroup.h"

namespace tslxc::addon {

using CgroupSteps = std::vector<CgroupStep>;

// Each start of a definition passes the same array, which is read only once.
std::shared_ptr<const CgroupSteps> toCgroupSteps(const Input& steps);

}  // namespace tslxc::addon
