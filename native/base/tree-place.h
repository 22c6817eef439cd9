// Whole trees by their entries in the directories above: two that are exchanged (renameat2(2)), and
// the subvolumes of btrfs.
#pragma once

#include <string>

namespace tslxc {

// An entry of an open directory.
struct TreeEntry {
  int directory;
  std::string name;
};

// Exchanges two entries atomically. Throws SyscallError{renameat2}.
void exchangeEntries(const TreeEntry& one, const TreeEntry& other);

// What a directory is to btrfs: a part of a subvolume (or on another file system), a subvolume, or
// one with further subvolumes in it, which a snapshot leaves out.
enum class Subvolume { none, whole, nested };

// `fd` is open for reading.
Subvolume subvolumeKind(int fd);
// Makes `target` a snapshot of a subvolume that is open for reading, as it is now. EXDEV on another
// file system.
void snapshotSubvolume(int source, const TreeEntry& target);
// Throws SyscallError ENOTEMPTY for a subvolume that has others in it.
void removeSubvolume(const TreeEntry& entry);

}  // namespace tslxc
