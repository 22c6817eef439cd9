// Visits every inode of a tree on one mount, by descriptor, looking each name up in the open
// directory: no link is followed, nothing mounted below is entered, and a process that exchanges
// names meanwhile can't lead the walk elsewhere. However deep the tree is, few descriptors are
// open.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {

class TreeVisitor {
 public:
  TreeVisitor() = default;
  TreeVisitor(const TreeVisitor&) = delete;
  TreeVisitor& operator=(const TreeVisitor&) = delete;
  virtual ~TreeVisitor() = default;

  // Each inode, as O_PATH, a directory before what is in it, with its name in the directory above:
  // that of the source is empty.
  virtual void enter(int inode, const std::string& name) = 0;
  // Each inode once more, a directory after what is in it.
  virtual void leave(int inode) = 0;
  // One of these, or the walk itself, failed at `failure.subject`, a path below the source. The
  // walk goes on with the next inode unless this throws.
  virtual void failed(const SyscallError& failure) = 0;
  // After each inode. What it throws ends the walk.
  virtual void visited() = 0;
  // Something is mounted at this path below the source: it is not entered. What it throws ends the
  // walk.
  virtual void mounted(const std::string& /*path*/) {}
};

// Called now and then with the number of inodes visited so far. What it throws ends the walk.
using WalkReport = std::function<void(uint64_t)>;

// Counts what a walk visits, for its report.
class WalkCounter {
 public:
  explicit WalkCounter(const WalkReport& report) : report_(report) {}

  void add();
  // Reports without a further inode: at the end, and while one takes long.
  void tell() { report_(count_); }

 private:
  using Clock = std::chrono::steady_clock;
  const WalkReport& report_;
  uint64_t count_ = 0;
  Clock::time_point last_ = Clock::now();
};

// `source` is a descriptor of the top of the tree, or of a single file. O_PATH is enough.
void walkTree(int source, TreeVisitor& visitor);

// Opens for reading the inode behind an O_PATH descriptor: this very one, whatever its path by now.
Fd openForReading(int inode);

}  // namespace tslxc
