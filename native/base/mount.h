// The mount family, by descriptor (fsopen(2), open_tree(2), mount_setattr(2), move_mount(2), since
// Linux 5.2/5.12). The only place that mounts; no path string is resolved in a root that another
// user wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

enum class Depth { single, recursive };
enum class Automount { leave, trigger };

// Makes a file system that is attached nowhere. An option is "key=value", or "key" for a flag.
// `attributes` are MOUNT_ATTR_*. The kernel's own words for a refusal are added to the subject.
Fd makeFilesystem(const std::string& type, const std::vector<std::string>& options,
                  unsigned attributes);

// An overlay of the directory `work`/upper over `lowers`, the uppermost first, with `work`/work as
// its scratch directory. All are trees that are attached in this process's mount namespace (before
// Linux 6.15 the kernel takes no detached layers), reached through /proc/self/fd. Options as above.
Fd makeOverlay(const std::vector<int>& lowers, int work, const std::vector<std::string>& options,
               unsigned attributes);

// Clones the tree at `path` (under `directory` if relative; the descriptor itself if `path` is
// empty).
Fd openTree(int directory, const std::string& path, Depth depth, Automount automount);

struct TreeAttributes {
  uint64_t set = 0;          // MOUNT_ATTR_*
  uint64_t clear = 0;        // MOUNT_ATTR_*
  uint64_t propagation = 0;  // MS_PRIVATE, MS_SLAVE, … or 0 for as it is
  Depth depth = Depth::single;
};

// Changes attributes of a mount given by descriptor. `subject` names it in errors.
void setTreeAttributes(int tree, const TreeAttributes& attributes, std::string_view subject);

// Shows a detached tree with the ids of a user namespace (MOUNT_ATTR_IDMAP, Linux 5.12).
void mapTree(int tree, int userNamespace, Depth depth, std::string_view subject);

// Makes every mount of this mount namespace private, so that nothing done here reaches another one.
void makeNamespacePrivate();

// Attaches a detached tree on top of what `target` (an O_PATH descriptor) refers to.
void attachTree(int tree, int target, std::string_view subject);

// Stacks a detached tree on /sys of the old root, where it is out of the way. It is attached then,
// and can be cloned from, until the old root is unmounted. (On "/" itself it would cover the old
// root, and be unmounted in its place.)
void stackTree(int tree);

// Stacks a detached tree on "/" and makes it the working directory.
void enterTree(int tree);

// Detaches the mount whose root is `target`, or what has been mounted over it in the meantime, with
// all that is mounted below (umount2(2), MNT_DETACH: an open descriptor of a mount keeps it busy).
// `descriptors` is /proc/self/fd of the host's own /proc, through which an open file has a name
// that no other process can change.
void detachTree(int target, int descriptors, std::string_view subject);

// What identifies a mount wherever it has been moved to: its id in the kernel, which may be reused
// after it is gone, and the device and inode of its root.
struct MountIdentity {
  uint64_t mount = 0;
  uint64_t device = 0;
  uint64_t inode = 0;
};

// Of the mount that `place` lies on, and of `place` itself. `subject` names it in errors.
MountIdentity identityOf(int place, std::string_view subject);

// The path of this mount in this process's mount namespace, free of links; nothing when it is gone.
// `descriptors` as above.
std::optional<std::string> placeOfMount(int descriptors, uint64_t mount);

// Whether `place` is the root of a mount.
bool isMountRoot(int place);

// Moves the mount whose root is `target`, with all that is mounted below it, to where stackTree()
// puts a tree. Does nothing when `target` is not the root of a mount.
void putAside(int target, std::string_view subject);

}  // namespace tslxc
