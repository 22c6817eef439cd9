// Visits the cgroups below one, by descriptor. The container chooses how deep and wide they are,
// and their paths may be longer than any system call takes. So nothing here recurses or builds a
// path, at most three directories are open, and each level costs only a name and a number.
#pragma once

#include <string>

#include "native/base/fd.h"

namespace tslxc {

class CgroupVisitor {
 public:
  CgroupVisitor() = default;
  CgroupVisitor(const CgroupVisitor&) = delete;
  CgroupVisitor& operator=(const CgroupVisitor&) = delete;
  virtual ~CgroupVisitor() = default;

  // Before `name` is opened: false leaves it out, with all below.
  virtual bool wants(int parent, const std::string& name) = 0;
  // False leaves out what is below.
  virtual bool enter(int cgroup) = 0;
  // After all below.
  virtual void leave(int cgroup) = 0;
  // After leave(), from above.
  virtual void passed(int parent, const std::string& name) = 0;
};

// A cgroup for reading; an invalid Fd when there is none. Throws SyscallError{open}.
Fd openCgroup(const std::string& path);

// All below `top`. What vanishes meanwhile is no failure; what is made meanwhile may be missed.
// Throws SyscallError{openat}, {lseek} or {getdents64}, and what the visitor throws.
void walkCgroups(int top, CgroupVisitor& visitor);

}  // namespace tslxc
