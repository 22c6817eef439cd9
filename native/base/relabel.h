// Security labels of whole trees: set on every inode, and restored. The former label is remembered
// on the inode itself, and written before anything else, so that both walks may end at any point,
// even by SIGKILL, and be repeated.
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

// What to do with an inode that already has the label, and remembers none. Either it had the label
// before, which is then remembered too, or a process with this label has made it meanwhile: then it
// is left to restoreTree().
enum class SameLabel { remember, leave };

// The first failure ends the walk, with the path below the source as its subject. Inodes in a
// read-only snapshot keep their label, here and in restoreTree().
void relabelTree(int source, const LabelAttributes& attributes, const std::string& label,
                 SameLabel same, const WalkReport& report);

// Restores the remembered labels. `made` is the label that the tree was given, if inodes may have
// been made since: these get the label that their directory gets. Inodes that had this very label
// before then keep their memory, so that a second walk can tell them from new ones; true if there
// are any, which a walk without `made` settles. A failure is thrown when all else is done.
bool restoreTree(int source, const LabelAttributes& attributes,
                 const std::optional<std::string>& made, const WalkReport& report);

}  // namespace tslxc
