#include "native/base/tree-copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "native/base/descent.h"
#include "native/base/file.h"
#include "native/base/first-names.h"
#include "native/base/inode-state.h"
#include "native/base/path.h"
#include "native/base/syscall.h"
#include "native/base/xattr.h"

namespace tslxc {
namespace {

constexpr mode_t kPermissions = 07777;
// How many bytes are copied between two checks whether the copy is still wanted.
constexpr size_t kPiece = size_t{64} << 20;

std::array<timespec, 2> timesOf(const struct stat& state) { return {state.st_atim, state.st_mtim}; }

void copyXattrs(int from, int to) {
  for (const std::string& name : listXattrs(from)) {
    if (const auto value = getXattr(from, name)) setXattr(to, name, *value);
  }
}

// Whether nothing was written to the file, or made or removed in the directory, between two looks.
bool isUnchanged(const struct stat& before, const struct stat& after) {
  return before.st_size == after.st_size && before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
         before.st_ctim.tv_nsec == after.st_ctim.tv_nsec;
}

// What fstat(2) itself never fails with.
SyscallError changedMeanwhile() { return SyscallError{EBUSY, "fstat", ""}; }

// Errors that mean that two files can't share blocks, not that anything is wrong with them.
bool isUnableToShare(int error) {
  return error == EOPNOTSUPP || error == EXDEV || error == EINVAL || error == ENOTTY ||
         error == ENOSYS;
}

// The content of one regular file.
class Content {
 public:
  Content(int from, int to, WalkCounter& counter) : from_(from), to_(to), counter_(counter) {}

  void copy(off_t size) {
    if (ioctl(to_, FICLONE, from_) == 0) return;
    if (!isUnableToShare(errno)) check(-1, "ioctl", "FICLONE");
    for (off_t at = 0; at < size;) {
      const off_t data = seek(at, SEEK_DATA);
      if (data == -1) break;  // a hole up to the end
      const off_t end = std::min(seek(data, SEEK_HOLE), size);
      copyRange(data, end);
      at = std::max(end, data + 1);
    }
    check(ftruncate(to_, size), "ftruncate");
  }

 private:
  off_t seek(off_t at, int whence) const {
    const off_t found = lseek(from_, at, whence);
    if (found == -1 && errno == ENXIO) return -1;
    return check(found, "lseek");
  }

  void copyRange(off_t at, off_t end) {
    while (at < end) {
      const size_t count = std::min(kPiece, static_cast<size_t>(end - at));
      const ssize_t copied = inKernel_ ? copyInKernel(at, count) : copyByBuffer(at, count);
      if (copied == 0) return;  // the file has become shorter
      at += std::max<ssize_t>(copied, 0);
      counter_.tell();
    }
  }

  // -1 when it has to be copied through the buffer.
  ssize_t copyInKernel(off_t at, size_t count) {
    off_t in = at;
    off_t out = at;
    const ssize_t copied = retry([&] { return copy_file_range(from_, &in, to_, &out, count, 0); });
    if (copied > 0) return copied;
    if (copied == -1 && !isUnableToShare(errno)) check(copied, "copy_file_range");
    // Some file systems return 0 instead of an error.
    inKernel_ = false;
    return -1;
  }

  ssize_t copyByBuffer(off_t at, size_t count) {
    buffer_.resize(size_t{1} << 20);
    const size_t wanted = std::min(count, buffer_.size());
    const ssize_t read =
        check(retry([&] { return pread(from_, buffer_.data(), wanted, at); }), "pread");
    for (ssize_t done = 0; done < read;) {
      const auto left = static_cast<size_t>(read - done);
      done += check(retry([&] { return pwrite(to_, buffer_.data() + done, left, at + done); }),
                    "pwrite");
    }
    return read;
  }

  const int from_;
  const int to_;
  WalkCounter& counter_;
  bool inKernel_ = true;
  std::vector<char> buffer_;
};

class Copy final : public TreeVisitor {
 public:
  // `top` is the directory that is filled.
  Copy(int top, WalkCounter& counter) : top_(top), counter_(counter), firstNames_(top) {}

  void enter(int inode, const std::string& name) override {
    const struct stat state = stateOf(inode);
    if (target_.empty()) return enterTop(state);
    if (S_ISDIR(state.st_mode)) return enterDirectory(name, state);
    if (state.st_nlink > 1 && firstNames_.link(state, target_.current(), name)) return;
    if (S_ISREG(state.st_mode)) return copyFile(inode, state, name);
    copyNode(inode, state, name);
  }

  // A directory gets its attributes only now: what is made in it changes its times, and would
  // inherit its ACL.
  void leave(int inode) override {
    const struct stat state = stateOf(inode);
    if (!S_ISDIR(state.st_mode)) return;
    if (!isUnchanged(entered_.back(), state)) throw changedMeanwhile();
    entered_.pop_back();
    if (target_.atTop()) firstNames_.clear();
    give(inode, target_.current(), state);
    target_.pop();
  }

  void failed(const SyscallError& failure) override { throw SyscallError(failure); }
  void visited() override { counter_.add(); }

 private:
  // Removes the ACLs that the top has inherited: all that is made in it would inherit them again.
  void enterTop(const struct stat& state) {
    for (const std::string& name : listXattrs(top_)) {
      if (name.starts_with("system.posix_acl_")) removeXattr(top_, name);
    }
    target_.push(duplicate(top_), "");
    entered_.push_back(state);
  }

  void enterDirectory(const std::string& name, const struct stat& state) {
    const int parent = target_.current();
    check(mkdirat(parent, name.c_str(), S_IRWXU), "mkdirat");
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    target_.push(Fd(check(openat(parent, name.c_str(), kFlags), "openat")), name);
    entered_.push_back(state);
  }

  void copyFile(int inode, const struct stat& state, const std::string& name) {
    const Fd from = openForReading(inode);
    constexpr int kFlags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Fd to(
        check(openat(target_.current(), name.c_str(), kFlags, S_IRUSR | S_IWUSR), "openat"));
    give(inode, to.get(), copyContent(from.get(), to.get()));
    remember(state, name);
  }

  // A file that another program writes to meanwhile would be torn in the copy: it is copied anew,
  // and given up if that goes on. Returns the state that the copy has.
  struct stat copyContent(int from, int to) {
    constexpr int kAttempts = 3;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (attempt > 0) check(ftruncate(to, 0), "ftruncate");
      const struct stat before = stateOf(from);
      Content(from, to, counter_).copy(before.st_size);
      if (isUnchanged(before, stateOf(from))) return before;
    }
    throw changedMeanwhile();
  }

  // Symbolic links, device nodes (the whiteouts of an overlay among them), pipes and sockets.
  void copyNode(int inode, const struct stat& state, const std::string& name) {
    const int parent = target_.current();
    const char* const entry = name.c_str();
    const bool isLink = S_ISLNK(state.st_mode);
    if (isLink) {
      check(symlinkat(linkText(inode, state).c_str(), parent, entry), "symlinkat");
    } else {
      check(mknodat(parent, entry, state.st_mode, state.st_rdev), "mknodat");
    }
    check(fchownat(parent, entry, state.st_uid, state.st_gid, AT_SYMLINK_NOFOLLOW), "fchownat");
    if (!isLink) check(fchmodat(parent, entry, state.st_mode & kPermissions, 0), "fchmodat");
    const Fd made = openEntryOfMount(parent, name);
    copyXattrs(inode, made.get());
    check(utimensat(parent, entry, timesOf(state).data(), AT_SYMLINK_NOFOLLOW), "utimensat");
    remember(state, name);
  }

  static std::string linkText(int inode, const struct stat& state) {
    std::string text(static_cast<size_t>(state.st_size) + 1, '\0');
    const ssize_t size = check(readlinkat(inode, "", text.data(), text.size()), "readlinkat");
    text.resize(static_cast<size_t>(size));
    return text;
  }

  // The owner first, since changing it clears set-user-ID bits and file capabilities.
  static void give(int from, int to, const struct stat& state) {
    check(fchown(to, state.st_uid, state.st_gid), "fchown");
    check(fchmod(to, state.st_mode & kPermissions), "fchmod");
    copyXattrs(from, to);
    check(futimens(to, timesOf(state).data()), "futimens");
  }

  void remember(const struct stat& state, const std::string& name) {
    if (state.st_nlink > 1) firstNames_.keep(state, target_.current(), name);
  }

  const int top_;
  WalkCounter& counter_;
  Descent target_;
  // The directories on the way down, as they were when they were entered.
  std::vector<struct stat> entered_;
  FirstNames firstNames_;
};

}  // namespace

void copyTree(int source, int target, const WalkReport& report) {
  WalkCounter counter(report);
  Copy copy(target, counter);
  walkTree(source, copy);
  check(syncfs(target), "syncfs");
  counter.tell();
}

}  // namespace tslxc
