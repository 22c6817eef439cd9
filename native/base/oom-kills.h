// How often the kernel has killed for lack of memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tslxc {

// The kills of processes in these cgroups, from the counter of v2 or of v1, whichever there is; a
// cgroup without one, or that is gone, counts 0. On v2, those in the cgroups below count too.
// Nothing if a counter could not be read.
std::optional<uint64_t> countOomKills(const std::vector<std::string>& cgroups);

}  // namespace tslxc
