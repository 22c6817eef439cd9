// How often the kernel has killed for lack of memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tslxc {

// The kills of processes of these cgroups, from the counter of v2 or of v1, whichever they have; 0
// where none is there, or has gone. On v2 those below are counted, too.
uint64_t countOomKills(const std::vector<std::string>& cgroups);

}  // namespace tslxc
