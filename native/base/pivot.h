// pivot_root(2): the one place that changes the root of a mount namespace.
#pragma once

namespace tslxc {

// Makes the working directory the root and lets go of the old root, which is stacked over it for a
// moment (pivot_root(".", "."), see NOTES in pivot_root(2)). Afterwards the working directory is
// "/".
void pivotIntoWorkingDirectory();

}  // namespace tslxc
