// Every path inside a container's root is resolved here, by the kernel (openat2(2), since
// Linux 5.6): never by joining strings, never through a magic link, never out of the root.
#pragma once

#include <sys/types.h>

#include <string>

#include "native/base/fd.h"

namespace tslxc {

// Opens `path` below `root` with open(2) `flags` (O_CLOEXEC is added). Absolute paths and symbolic
// links stay inside the root. Throws SyscallError{openat2}.
Fd openInRoot(int root, const std::string& path, int flags);

// The same, but an invalid Fd when the path does not exist (ENOENT).
Fd openInRootIfThere(int root, const std::string& path, int flags);

// Opens `path` below `root`, following links as long as they stay on the same mount (EXDEV).
Fd openInFilesystem(int root, const std::string& path, int flags);

// Opens the entry `name` of a directory, when it lies on the same mount and is no link (EXDEV,
// ELOOP).
Fd openOnSameMount(int directory, const std::string& name, int flags);

// The entry itself as O_PATH, even if it is a link; an invalid Fd when it no longer exists, or lies
// on another mount.
Fd openEntryOfMount(int directory, const std::string& name);

enum class EntryKind { directory, file };

// Opens `path` below `root` as O_PATH, making it and its parents when missing (directories 0755,
// a file 0644 that is empty).
Fd openOrMakeInRoot(int root, const std::string& path, EntryKind kind);

// The parent of `path` below `root`, and the last name. A name alone is an entry of `root`, which
// is not opened again.
struct Entry {
  Fd opened;
  int parent = -1;
  std::string name;
};
Entry entryInRoot(int root, const std::string& path);

}  // namespace tslxc
