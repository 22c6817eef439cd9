// Project quotas: how much space of their file system the files of a project use and may use
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

// `fd` is a descriptor of anything on the file system; O_PATH is enough.
ProjectQuotas projectQuotas(int fd);
// Nothing if the file system has no record of the project.
std::optional<ProjectQuota> projectQuota(int fd, uint32_t project);
void limitProject(int fd, uint32_t project, SpaceLimits limits);

// `fd` is a directory or a regular file that is open for reading.
InodeProject projectOf(int fd);
// What is made in a directory afterwards inherits its project.
void setProject(int fd, uint32_t project);

// The same for each directory and regular file of a tree: nothing else can be opened without side
// effects. EEXIST if one has another project already. The first failure ends the walk, with the
// path below the source as its subject.
void setProjectOfTree(int source, uint32_t project, const WalkReport& report);

}  // namespace tslxc
