#include "native/base/quota.h"

#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Headers before Linux 5.14 lack it; it is the same on all architectures that Node.js supports.
constexpr long kQuotactlFd = 443;

long quotactl(int fd, unsigned int command, uint32_t project, void* argument) {
  const auto whole = static_cast<unsigned int>(QCMD(command, PRJQUOTA));
  return syscall(kQuotactlFd, static_cast<unsigned int>(fd), whole, project, argument);
}

struct fsxattr attributesOf(int fd) {
  struct fsxattr attributes{};
  check(ioctl(fd, FS_IOC_FSGETXATTR, &attributes), "ioctl", "FS_IOC_FSGETXATTR");
  return attributes;
}

void setAttributes(int fd, const struct fsxattr& attributes) {
  check(ioctl(fd, FS_IOC_FSSETXATTR, &attributes), "ioctl", "FS_IOC_FSSETXATTR");
}

mode_t modeOf(int fd) {
  struct stat state{};
  check(fstat(fd, &state), "fstat");
  return state.st_mode;
}

class ProjectGift final : public TreeVisitor {
 public:
  ProjectGift(uint32_t project, WalkCounter& counter) : project_(project), counter_(counter) {}

  void enter(int inode, const std::string&) override {
    const mode_t mode = modeOf(inode);
    if (!S_ISDIR(mode) && !S_ISREG(mode)) return;
    const Fd file = openForReading(inode);
    const uint32_t before = projectOf(file.get()).project;
    if (before != 0 && before != project_) throw SyscallError{EEXIST, "ioctl", ""};
    setProject(file.get(), project_);
  }
  void leave(int) override {}
  void failed(const SyscallError& failure) override { throw SyscallError(failure); }
  void visited() override { counter_.add(); }

 private:
  const uint32_t project_;
  WalkCounter& counter_;
};

}  // namespace

ProjectQuotas projectQuotas(int fd) {
  struct fs_quota_statv state{};
  state.qs_version = FS_QSTATV_VERSION1;
  check(quotactl(fd, Q_XGETQSTATV, 0, &state), "quotactl_fd", "Q_XGETQSTATV");
  if ((state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0) return ProjectQuotas::limited;
  return (state.qs_flags & FS_QUOTA_PDQ_ACCT) != 0 ? ProjectQuotas::counted : ProjectQuotas::off;
}

std::optional<ProjectQuota> projectQuota(int fd, uint32_t project) {
  struct if_dqblk quota{};
  const long result = quotactl(fd, Q_GETQUOTA, project, &quota);
  if (result == -1 && (errno == ENOENT || errno == ESRCH)) return std::nullopt;
  check(result, "quotactl_fd", "Q_GETQUOTA");
  return ProjectQuota{
      quota.dqb_curspace, quota.dqb_curinodes, {quota.dqb_bsoftlimit, quota.dqb_bhardlimit}};
}

void limitProject(int fd, uint32_t project, SpaceLimits limits) {
  struct if_dqblk quota{};
  quota.dqb_bsoftlimit = limits.soft;
  quota.dqb_bhardlimit = limits.hard;
  quota.dqb_valid = QIF_BLIMITS;
  check(quotactl(fd, Q_SETQUOTA, project, &quota), "quotactl_fd", "Q_SETQUOTA");
}

InodeProject projectOf(int fd) {
  const struct fsxattr attributes = attributesOf(fd);
  return {attributes.fsx_projid, (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0};
}

void setProject(int fd, uint32_t project) {
  struct fsxattr attributes = attributesOf(fd);
  const struct fsxattr before = attributes;
  attributes.fsx_projid = project;
  if (S_ISDIR(modeOf(fd))) attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  const bool same =
      before.fsx_projid == attributes.fsx_projid && before.fsx_xflags == attributes.fsx_xflags;
  if (!same) setAttributes(fd, attributes);
}

void setProjectOfTree(int source, uint32_t project, const WalkReport& report) {
  WalkCounter counter(report);
  ProjectGift gift(project, counter);
  walkTree(source, gift);
  counter.tell();
}

}  // namespace tslxc
