#include "native/base/cgroup-removal.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "native/base/backoff.h"
#include "native/base/cgroup-processes.h"
#include "native/base/cgroup-walk.h"
#include "native/base/fd.h"
#include "native/base/file.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

std::vector<std::string> wordsOf(const std::string& text) {
  constexpr const char* kBlanks = " \n";
  std::vector<std::string> words;
  for (size_t at = text.find_first_not_of(kBlanks); at != std::string::npos;) {
    const size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

// Runs `work` on the cgroup at `path`, if there is one. A failure names that cgroup, and not one
// below it: the container chooses those names, as many and as long as it likes.
template <typename Work>
void inCgroup(const std::string& path, Work work) {
  const Fd cgroup = openCgroup(path);
  if (!cgroup.valid()) return;
  try {
    work(cgroup.get());
  } catch (const SyscallError& failure) {
    throw SyscallError{failure.error, failure.syscall, path};
  }
}

// Kills what is there now; true when nothing was.
bool killOnce(const std::string& path) {
  bool empty = true;
  inCgroup(path, [&](int cgroup) {
    const auto events = readFileIfThere(cgroup, "cgroup.events");  // v2 only
    if (!events) {
      empty = killTree(cgroup);
    } else if (events->find("populated 0") == std::string::npos) {
      empty = false;
      if (!writeFileIfThere(cgroup, "cgroup.kill", "1")) killTree(cgroup);  // Linux 5.14
    }
  });
  return empty;
}

enum class Removal { done, inUse };

Removal removalOf(int result, const std::string& name) {
  if (result == 0 || errno == ENOENT) return Removal::done;
  if (errno != EBUSY && errno != ENOTEMPTY) check(-1, "rmdir", name);
  return Removal::inUse;
}

Removal remove(const std::string& path) { return removalOf(rmdir(path.c_str()), path); }

Removal removeIn(int parent, const std::string& name) {
  return removalOf(unlinkat(parent, name.c_str(), AT_REMOVEDIR), name);
}

class Remover final : public CgroupVisitor {
 public:
  bool wants(int parent, const std::string& name) override {
    return removeIn(parent, name) == Removal::inUse;
  }
  bool enter(int) override { return true; }
  void leave(int) override {}
  void passed(int parent, const std::string& name) override { removeIn(parent, name); }
};

// Whether anything is below.
class Finder final : public CgroupVisitor {
 public:
  bool wants(int, const std::string&) override {
    found_ = true;
    return false;
  }
  bool enter(int) override { return false; }
  void leave(int) override {}
  void passed(int, const std::string&) override {}

  bool found() const { return found_; }

 private:
  bool found_ = false;
};

void removeBelow(const std::string& path) {
  inCgroup(path, [](int cgroup) {
    Remover remover;
    walkCgroups(cgroup, remover);
  });
}

enum class Mark { same, none, other };

// It is gone, or no cgroup, or its mark is longer than ours.
bool saysNotMarked(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENOTSUP || error == ERANGE;
}

Mark markOf(const std::string& path, const MarkedCgroups& marked) {
  std::string value(marked.value.size() + 1, '\0');
  const ssize_t size = getxattr(path.c_str(), marked.name.c_str(), value.data(), value.size());
  if (size == -1 && errno == ENODATA) return Mark::none;
  if (size == -1 && saysNotMarked(errno)) return Mark::other;
  check(size, "getxattr", path);
  value.resize(static_cast<size_t>(size));
  return value == marked.value ? Mark::same : Mark::other;
}

bool hasBelow(const std::string& path) {
  Finder finder;
  inCgroup(path, [&](int cgroup) { walkCgroups(cgroup, finder); });
  return finder.found();
}

void removeWhole(const std::string& path, Backoff& backoff) {
  while (remove(path) == Removal::inUse) {
    removeBelow(path);
    if (remove(path) == Removal::done) return;
    if (!backoff.wait()) throw SyscallError{EBUSY, "rmdir", path};
  }
}

}  // namespace

void killCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  std::vector<std::string> left = paths;
  for (;;) {
    std::erase_if(left, killOnce);
    if (left.empty()) return;
    if (!backoff.wait()) throw SyscallError{EBUSY, "kill", left.front()};
  }
}

void killFrozen(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) inCgroup(path, killFrozenTree);
}

void clearCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  for (const std::string& path : paths) {
    removeBelow(path);
    while (hasBelow(path) && backoff.wait()) removeBelow(path);
    const std::string control = path + "/cgroup.subtree_control";  // v2 only
    for (const std::string& name : wordsOf(readFileIfThere(control).value_or(""))) {
      writeFileIfThere(control, "-" + name);
    }
  }
}

void removeCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  for (const std::string& path : paths) removeWhole(path, backoff);
}

void removeMarkedCgroups(const std::vector<std::string>& paths, const MarkedCgroups& marked,
                         std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  std::vector<std::string> unmarked;
  for (const std::string& path : paths) {
    const Mark mark = markOf(path, marked);
    if (mark == Mark::none) unmarked.push_back(path);
    if (mark != Mark::same) continue;
    rmdir((path + "/" + marked.inner).c_str());
    removeWhole(path, backoff);
  }
  for (const std::string& path : unmarked) remove(path);
}

}  // namespace tslxc
