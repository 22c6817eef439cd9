// Security labels of whole trees: given to every inode, and taken back. What an inode had before is
// remembered on the inode itself, and written before anything else, so that both walks may end at
// any point, by SIGKILL too, and be done again.
#pragma once

#include <optional>
#include <string>

#include "native/base/tree-walk.h"

namespace tslxc {

// Names of extended attributes.
struct LabelAttributes {
  std::string label;   // security.selinux
  std::string memory;  // what the label was, empty when there was none
};

// What to do with an inode that has the label already, and remembers none: it had it before, which
// is remembered too, or it was made meanwhile by a process with this label, which is left to
// restoreTree().
enum class SameLabel { remember, leave };

// The first failure ends it, with the path below the source as its subject. What lies in a
// read-only snapshot keeps what it has, here and in restoreTree().
void relabelTree(int source, const LabelAttributes& attributes, const std::string& label,
                 SameLabel same, const WalkReport& report);

// Gives back what is remembered. `made` is the label that the tree was given, when inodes may have
// been made since: they get what the directory above them gets. Those that had this very label
// before keep their memory then, so that a second walk can tell them from what was made; true when
// there are such, which a walk without `made` settles. A failure is thrown when all else is done.
bool restoreTree(int source, const LabelAttributes& attributes,
                 const std::optional<std::string>& made, const WalkReport& report);

}  // namespace tslxc
