#include "native/base/tree-walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/base/descent.h"
#include "native/base/file.h"
#include "native/base/inode-state.h"
#include "native/base/path.h"

namespace tslxc {
namespace {

std::vector<std::string> namesIn(int directory) {
  Fd readable(check(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "openat"));
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(readable.get()), closedir);
  if (!list) throw SyscallError{errno, "fdopendir", ""};
  static_cast<void>(readable.release());  // the list owns it
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(list.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) throw SyscallError{errno, "readdir", ""};
  return names;
}

// Of a long path, the components at its beginning and at its end: a container can make paths that
// fill pages.
std::string shortened(const std::string& path) {
  constexpr size_t kLongest = 1024;
  if (path.size() <= kLongest) return path;
  const size_t begin = path.rfind('/', kLongest / 2);
  const size_t end = path.find('/', path.size() - kLongest / 2);
  return path.substr(0, begin) + "/…" + path.substr(end);
}

// A directory on the way down.
struct Level {
  Fd directory;  // O_PATH; closed while it is far above
  dev_t device;
  ino_t inode;
  std::string name;
  std::vector<std::string> names;
  size_t next = 0;
};

class Walk {
 public:
  explicit Walk(TreeVisitor& visitor) : visitor_(visitor) {}

  void run(int source) {
    visit(duplicate(source), "");
    while (!levels_.empty()) step();
  }

 private:
  void step() {
    Level& level = levels_.back();
    if (level.next == level.names.size()) return ascend();
    const std::string name = std::move(level.names[level.next++]);
    Fd entry;
    bool isMounted = false;
    attempt(name, [&] { entry = openEntry(level.directory.get(), name, isMounted); });
    if (isMounted) visitor_.mounted(pathOf(name));
    if (entry.valid()) visit(std::move(entry), name);
  }

  // Invalid when it no longer exists, or something is mounted there.
  static Fd openEntry(int directory, const std::string& name, bool& isMounted) {
    try {
      return openOnSameMount(directory, name, O_PATH | O_NOFOLLOW);
    } catch (const SyscallError& failure) {
      isMounted = failure.error == EXDEV;
      if (!isMounted && failure.error != ENOENT) throw;
      return Fd();
    }
  }

  void visit(Fd inode, const std::string& name) {
    attempt(name, [&] {
      const struct stat state = stateOf(inode.get());
      visitor_.enter(inode.get(), name);
      if (!S_ISDIR(state.st_mode)) return visitor_.leave(inode.get());
      Level below{std::move(inode), state.st_dev, state.st_ino, name, {}, 0};
      levels_.push_back(std::move(below));
    });
    visitor_.visited();
    if (inode.valid()) return;  // no directory
    // A directory that can't be read is left again.
    attempt("", [&] { levels_.back().names = namesIn(levels_.back().directory.get()); });
    if (levels_.size() > kOpenDirectories) {
      levels_[levels_.size() - kOpenDirectories - 1].directory.reset();
    }
  }

  void ascend() {
    attempt("", [&] { visitor_.leave(levels_.back().directory.get()); });
    const Fd below = std::move(levels_.back().directory);
    levels_.pop_back();
    if (levels_.empty() || levels_.back().directory.valid()) return;
    const std::string path = pathOf("");
    reopen(below.get(), path);
  }

  // Another process may have moved the directory below: then the way back is lost, and nothing else
  // is touched.
  void reopen(int below, const std::string& path) {
    Level& level = levels_.back();
    Fd above(check(openat(below, "..", O_PATH | O_DIRECTORY | O_CLOEXEC), "openat", path));
    const struct stat state = stateOf(above.get());
    if (state.st_dev != level.device || state.st_ino != level.inode) {
      throw SyscallError{ESTALE, "openat", path};
    }
    level.directory = std::move(above);
  }

  template <typename Call>
  void attempt(const std::string& name, Call call) {
    try {
      call();
    } catch (const SyscallError& failure) {
      visitor_.failed(SyscallError{failure.error, failure.syscall, pathOf(name)});
    }
  }

  std::string pathOf(const std::string& name) const {
    std::string path;
    for (const Level& level : levels_) append(path, level.name);
    append(path, name);
    return shortened(path);
  }

  static void append(std::string& path, const std::string& name) {
    if (!path.empty() && !name.empty()) path += '/';
    path += name;
  }

  TreeVisitor& visitor_;
  std::vector<Level> levels_;
};

}  // namespace

void WalkCounter::add() {
  constexpr uint64_t kInodes = 1000;
  constexpr std::chrono::milliseconds kPause(200);
  ++count_;
  const auto now = Clock::now();
  if (count_ % kInodes != 0 && now - last_ < kPause) return;
  last_ = now;
  report_(count_);
}

void walkTree(int source, TreeVisitor& visitor) { Walk(visitor).run(source); }

Fd openForReading(int inode) {
  const std::string link = "/proc/self/fd/" + std::to_string(inode);
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  return Fd(check(retry([&] { return open(link.c_str(), kFlags); }), "open"));
}

}  // namespace tslxc
