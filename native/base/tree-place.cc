#include "native/base/tree-place.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <string_view>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// BTRFS_FIRST_FREE_OBJECTID: the inode number of the top of every subvolume.
constexpr ino_t kTopOfSubvolume = 256;

// Copies the name with its terminating NUL.
template <size_t kSize>
void putName(char (&field)[kSize], const std::string& name) {
  if (name.size() >= kSize) throw SyscallError{ENAMETOOLONG, "ioctl", name};
  name.copy(field, name.size());
  field[name.size()] = '\0';
}

}  // namespace

void exchangeEntries(const TreeEntry& one, const TreeEntry& other) {
  check(renameat2(one.directory, one.name.c_str(), other.directory, other.name.c_str(),
                  RENAME_EXCHANGE),
        "renameat2", other.name);
}

Subvolume subvolumeKind(int fd) {
  struct statfs system{};
  check(fstatfs(fd, &system), "fstatfs");
  struct stat state{};
  check(fstat(fd, &state), "fstat");
  const bool isOnBtrfs = static_cast<unsigned long>(system.f_type) == BTRFS_SUPER_MAGIC;
  if (!isOnBtrfs || state.st_ino != kTopOfSubvolume) return Subvolume::none;
  struct btrfs_ioctl_get_subvol_rootref_args children{};
  const int result = ioctl(fd, BTRFS_IOC_GET_SUBVOL_ROOTREF, &children);
  // EOVERFLOW: there are more than fit into the answer.
  if (result == -1 && errno == EOVERFLOW) return Subvolume::nested;
  check(result, "ioctl", "BTRFS_IOC_GET_SUBVOL_ROOTREF");
  return children.num_items > 0 ? Subvolume::nested : Subvolume::whole;
}

void snapshotSubvolume(int source, const TreeEntry& target) {
  struct btrfs_ioctl_vol_args_v2 arguments{};
  arguments.fd = source;
  putName(arguments.name, target.name);
  check(ioctl(target.directory, BTRFS_IOC_SNAP_CREATE_V2, &arguments), "ioctl",
        "BTRFS_IOC_SNAP_CREATE_V2");
}

void removeSubvolume(const TreeEntry& entry) {
  struct btrfs_ioctl_vol_args arguments{};
  putName(arguments.name, entry.name);
  check(ioctl(entry.directory, BTRFS_IOC_SNAP_DESTROY, &arguments), "ioctl",
        "BTRFS_IOC_SNAP_DESTROY");
}

}  // namespace tslxc
