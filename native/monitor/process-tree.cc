#include "native/monitor/process-tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Fields 3, 4 and 22 of proc_pid_stat(5); the name before them may hold anything.
std::optional<TreeProcess> processIn(const char* text, pid_t pid) {
  const char* at = std::strrchr(text, ')');
  if (at == nullptr || at[1] != ' ') return {};
  at += 2;
  TreeProcess process;
  process.pid = pid;
  process.ended = *at == 'Z' || *at == 'X';
  constexpr int kParent = 4;
  constexpr int kStarted = 22;
  for (int field = 3; field < kStarted; ++field) {
    at = std::strchr(at, ' ');
    if (at == nullptr) return {};
    ++at;
    if (field + 1 == kParent) process.parent = static_cast<pid_t>(std::strtol(at, nullptr, 10));
  }
  process.started = std::strtoull(at, nullptr, 10);
  return process;
}

struct Look {
  std::optional<TreeProcess> process;
  bool failed = false;  // nothing is known of the process, not even that it is gone
};

Look lookAt(const Fd& proc, pid_t pid) {
  const std::string path = std::to_string(pid) + "/stat";
  const Fd file(retry([&] { return openat(proc.get(), path.c_str(), O_RDONLY | O_CLOEXEC); }));
  char text[1024] = {};
  const ssize_t size =
      file.valid() ? retry([&] { return read(file.get(), text, sizeof text - 1); }) : -1;
  if (size == -1) return {{}, errno != ENOENT && errno != ESRCH};
  const std::optional<TreeProcess> process = processIn(text, pid);
  return {process, !process};
}

// Invalid when that fails.
Fd openProc() { return Fd(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

Descendants allProcesses() {
  Fd proc = openProc();
  const Fd files = openProc();
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(proc.valid() ? fdopendir(proc.get()) : nullptr,
                                                   closedir);
  if (!folder) return {{}, false};
  [[maybe_unused]] const int owned = proc.release();
  Descendants all;
  for (;;) {
    errno = 0;
    const dirent* const entry = readdir(folder.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    const Look look = lookAt(files, pid);
    if (look.process) all.processes.push_back(*look.process);
    all.areAll = all.areAll && !look.failed;
  }
  all.areAll = all.areAll && errno == 0;
  return all;
}

}  // namespace

Descendants descendantsOf(pid_t ancestor) {
  const Descendants all = allProcesses();
  std::unordered_multimap<pid_t, TreeProcess> byParent;
  for (const TreeProcess& process : all.processes) byParent.emplace(process.parent, process);
  Descendants found{{}, all.areAll};
  std::vector<pid_t> level = {ancestor};
  while (!level.empty()) {
    std::vector<pid_t> next;
    for (const pid_t parent : level) {
      const auto [first, last] = byParent.equal_range(parent);
      for (auto child = first; child != last; ++child) {
        found.processes.push_back(child->second);
        next.push_back(child->first == child->second.pid ? 0 : child->second.pid);
      }
      byParent.erase(first, last);
    }
    level = std::move(next);
  }
  return found;
}

void killProcess(const TreeProcess& process) {
  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0)));
  if (!pidfd.valid()) return;
  const std::optional<TreeProcess> now = lookAt(openProc(), process.pid).process;
  if (!now || now->started != process.started) return;
  syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
}

}  // namespace tslxc
