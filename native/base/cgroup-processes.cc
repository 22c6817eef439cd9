#include "native/base/cgroup-processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <set>

#include "native/base/cgroup-walk.h"
#include "native/base/fd.h"
#include "native/base/file.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr const char* kFreezerState = "freezer.state";  // v1 only

// Calls `take` for each pid in cgroup.procs as it is read: 0 stands for a process in a PID
// namespace that this one can't see.
template <typename Take>
void eachProcess(int cgroup, Take take) {
  const Fd file(retry([&] { return openat(cgroup, "cgroup.procs", O_RDONLY | O_CLOEXEC); }));
  if (!file.valid() && (errno == ENOENT || errno == ENODEV)) return;
  check(file.get(), "openat", "cgroup.procs");
  std::array<char, 4096> chunk{};
  pid_t pid = 0;
  for (;;) {
    const ssize_t count = retry([&] { return read(file.get(), chunk.data(), chunk.size()); });
    // A threaded cgroup of v2 lists no processes: the one above it does.
    if (count == -1 && (errno == ENODEV || errno == EOPNOTSUPP)) return;
    if (check(count, "read", "cgroup.procs") == 0) return;
    for (ssize_t i = 0; i < count; ++i) {
      const char letter = chunk.at(static_cast<size_t>(i));
      if (letter >= '0' && letter <= '9') {
        pid = 10 * pid + (letter - '0');
      } else {
        take(pid);
        pid = 0;
      }
    }
  }
}

void killProcess(pid_t pid) {
  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.valid() && errno == ESRCH) return;
  check(pidfd.get(), "pidfd_open", std::to_string(pid));
  const long result = syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
  if (result == -1 && errno == ESRCH) return;
  check(result, "pidfd_send_signal", std::to_string(pid));
}

bool isFrozen(int cgroup) {
  const auto state = readFileIfThere(cgroup, kFreezerState);
  return state && !state->starts_with("THAWED");
}

// The visitor of a walk that looks at every cgroup and removes none.
class Looker : public CgroupVisitor {
 public:
  bool wants(int, const std::string&) override { return true; }
  void leave(int) override {}
  void passed(int, const std::string&) override {}
};

class Killer final : public Looker {
 public:
  bool enter(int cgroup) override {
    eachProcess(cgroup, [this](pid_t pid) {
      empty_ = false;
      if (pid > 0) killProcess(pid);
    });
    return true;
  }

  // After the kill, so that nothing runs in between; a frozen process of v2 dies at once.
  void leave(int cgroup) override {
    if (isFrozen(cgroup)) writeFileIfThere(cgroup, kFreezerState, "THAWED");
  }

  bool foundNothing() const { return empty_; }

 private:
  bool empty_ = true;
};

class FrozenKiller final : public Looker {
 public:
  bool enter(int cgroup) override {
    if (!isFrozen(cgroup)) return true;
    killTree(cgroup);
    return false;
  }
};

class Lister final : public Looker {
 public:
  explicit Lister(size_t most) : most_(most) {}

  bool enter(int cgroup) override {
    eachProcess(cgroup, [this](pid_t pid) {
      if (pid > 0 && found_.size() < most_) found_.insert(pid);
    });
    return found_.size() < most_;
  }

  std::vector<pid_t> found() const { return {found_.begin(), found_.end()}; }

 private:
  size_t most_;
  std::set<pid_t> found_;
};

// Visits `top` itself and all below it.
void walkAll(int top, CgroupVisitor& visitor) {
  if (visitor.enter(top)) walkCgroups(top, visitor);
  visitor.leave(top);
}

}  // namespace

bool killTree(int cgroup) {
  Killer killer;
  walkAll(cgroup, killer);
  return killer.foundNothing();
}

void killFrozenTree(int cgroup) {
  if (!readFileIfThere(cgroup, kFreezerState)) return;
  FrozenKiller killer;
  walkAll(cgroup, killer);
}

std::vector<pid_t> processesInCgroups(const std::vector<std::string>& paths, size_t most) {
  Lister lister(most);
  for (const std::string& path : paths) {
    const Fd cgroup = openCgroup(path);
    if (cgroup.valid()) walkAll(cgroup.get(), lister);
  }
  return lister.found();
}

}  // namespace tslxc
