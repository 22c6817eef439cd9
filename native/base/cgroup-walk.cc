#include "native/base/cgroup-walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Also the error of a cgroup's directory that is removed while it is open.
bool isGone() { return errno == ENOENT || errno == ENODEV; }

// The directories in a directory, a few kilobytes at a time.
class Listing {
 public:
  Listing(Fd directory, off_t position) : directory_(std::move(directory)), position_(position) {
    if (position != 0) check(lseek(directory_.get(), position, SEEK_SET), "lseek");
  }

  int directory() const { return directory_.get(); }
  // Where the entries after the last one begin, for a later Listing of the same directory.
  off_t position() const { return position_; }

  std::optional<std::string> next() {
    for (;;) {
      if (at_ == size_ && !fill()) return {};
      const auto* entry = reinterpret_cast<const dirent64*>(buffer_.data() + at_);
      at_ += entry->d_reclen;
      position_ = entry->d_off;
      const std::string name = entry->d_name;
      if (entry->d_type == DT_DIR && name != "." && name != "..") return name;
    }
  }

 private:
  bool fill() {
    at_ = 0;
    const ssize_t count = getdents64(directory_.get(), buffer_.data(), buffer_.size());
    if (count == -1 && !isGone()) check(-1, "getdents64");
    size_ = count > 0 ? static_cast<size_t>(count) : 0;
    return count > 0;
  }

  Fd directory_;
  off_t position_;
  size_t at_ = 0;
  size_t size_ = 0;
  alignas(dirent64) std::array<char, 8192> buffer_{};
};

// A cgroup on the way down: its name, and where the entries after it in its parent begin.
struct Level {
  std::string name;
  off_t position;
};

Fd openBelow(int directory, const char* name) {
  return Fd(retry([&] { return openat(directory, name, kFlags); }));
}

class Walk {
 public:
  Walk(int top, CgroupVisitor& visitor) : visitor_(visitor) {
    listing_.emplace(Fd(check(openat(top, ".", kFlags), "openat")), 0);
  }

  void run() {
    for (;;) {
      if (const std::optional<std::string> name = listing_->next()) {
        visit(*name);
      } else if (levels_.empty()) {
        return;
      } else {
        ascend();
      }
    }
  }

 private:
  void visit(const std::string& name) {
    const int parent = listing_->directory();
    if (!visitor_.wants(parent, name)) return;
    Fd cgroup = openBelow(parent, name.c_str());
    if (!cgroup.valid() && isGone()) return;
    check(cgroup.get(), "openat");
    if (visitor_.enter(cgroup.get())) {
      levels_.push_back({name, listing_->position()});
      listing_.emplace(std::move(cgroup), 0);
      return;
    }
    visitor_.leave(cgroup.get());
    cgroup.reset();
    visitor_.passed(parent, name);
  }

  // A cgroup can be renamed, but never moved to another parent: ".." leads back the way we came,
  // even from one that has been removed.
  void ascend() {
    visitor_.leave(listing_->directory());
    Fd parent = openBelow(listing_->directory(), "..");
    check(parent.get(), "openat");
    const Level level = std::move(levels_.back());
    levels_.pop_back();
    listing_.emplace(std::move(parent), level.position);
    visitor_.passed(listing_->directory(), level.name);
  }

  CgroupVisitor& visitor_;
  std::optional<Listing> listing_;
  std::vector<Level> levels_;
};

}  // namespace

Fd openCgroup(const std::string& path) {
  Fd cgroup(retry([&] { return open(path.c_str(), kFlags); }));
  if (!cgroup.valid() && !isGone()) check(-1, "open", path);
  return cgroup;
}

void walkCgroups(int top, CgroupVisitor& visitor) { Walk(top, visitor).run(); }

}  // namespace tslxc
