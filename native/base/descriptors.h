// The descriptors of this process as a whole.
#pragma once

#include <vector>

namespace tslxc {

// Closes every descriptor from 3 on that is not in `keep` (close_range(2), Linux 5.9).
void closeAllBut(std::vector<int> keep);

}  // namespace tslxc
