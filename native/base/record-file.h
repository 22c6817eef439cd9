// The small files that only tslxc should write, each in one call: records and locks of a run
// folder. Another program may have put something else in their place: a symbolic link is not
// followed, a fifo does not block, and only a regular file is read.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace tslxc {

enum class FoundKind { missing, file, other };

struct FoundFile {
  FoundKind kind = FoundKind::missing;
  std::string content;
};

// Throws SyscallError{open}, {fstat} or {read}, such as EIO or EMFILE.
FoundFile readRecord(const std::string& path);

struct FoundLock {
  FoundKind kind = FoundKind::missing;
  bool held = false;
};

// Whether another open file description holds a write lock on a byte of the file.
FoundLock lookAtLock(const std::string& path, off_t offset);

enum class Made { done, noFolder };

// Makes the file, for its owner alone; a former one is removed. ENOTDIR when its folder is
// something else, such as a symbolic link.
Made makeRecord(const std::string& path, std::string_view content);

// The same by a rename, so that a reader sees the former content or the new one.
Made replaceRecord(const std::string& path, std::string_view content);

// Appends to a log, which is made if there is none. A log larger than `most` bytes is first renamed
// to `path`.1.
void appendLog(const std::string& path, std::string_view text, off_t most);

// False when there was none. EISDIR for a directory.
bool removeRecord(const std::string& path);

}  // namespace tslxc
