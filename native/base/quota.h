// Project quotas: what the files of a project take of their file system, and how much they may
// (quotactl_fd(2), Linux 5.14), and which project an inode belongs to (FS_IOC_FSSETXATTR).
#pragma once

#include <cstdint>
#include <optional>

#include "native/base/tree-walk.h"

namespace tslxc {

// Whether a file system counts what projects use, and whether their limits hold.
enum class ProjectQuotas { off, counted, limited };

// In KiB; 0 for none.
struct SpaceLimits {
  uint64_t soft;
  uint64_t hard;
};

struct ProjectQuota {
  uint64_t space;  // bytes
  uint64_t inodes;
  SpaceLimits limits;
};

struct InodeProject {
  uint32_t project;  // 0 for none
  bool inherited;    // by what is made in the directory
};

// `fd` is of anything on the file system; O_PATH is enough.
ProjectQuotas projectQuotas(int fd);
// Nothing where the file system has nothing on record of the project.
std::optional<ProjectQuota> projectQuota(int fd, uint32_t project);
void limitProject(int fd, uint32_t project, SpaceLimits limits);

// `fd` is a directory or a regular file that is open for reading.
InodeProject projectOf(int fd);
// Of a directory also for what will be made in it.
void setProject(int fd, uint32_t project);

// The same of each directory and regular file of a tree: nothing else can be opened without an
// effect. EEXIST for one that has another project already. The first failure ends it, with the path
// below the source as its subject.
void setProjectOfTree(int source, uint32_t project, const WalkReport& report);

}  // namespace tslxc
