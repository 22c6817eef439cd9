#include "native/base/cgroup-removal.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "native/base/backoff.h"
#include "native/base/fd.h"
#include "native/base/file.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

std::vector<std::string> childrenOf(const std::string& path) {
  std::vector<std::string> children;
  std::error_code gone;  // may vanish at any time
  std::filesystem::directory_iterator entry(path, gone);
  while (!gone && entry != std::filesystem::directory_iterator()) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) children.push_back(entry->path().string());
    entry.increment(gone);
  }
  return children;
}

std::vector<pid_t> processesOf(const std::string& path) {
  const std::string text = readFileIfThere(path + "/cgroup.procs").value_or("");
  std::vector<pid_t> processes;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(at, end, pid);
    if (pid > 0) processes.push_back(pid);  // 0 is one of a pid namespace that this one can't see
    at = rest + 1;
  }
  return processes;
}

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

void killProcess(pid_t pid) {
  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd.valid() && errno == ESRCH) return;
  check(pidfd.get(), "pidfd_open", std::to_string(pid));
  const long result = syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
  if (result == -1 && errno == ESRCH) return;
  check(result, "pidfd_send_signal", std::to_string(pid));
}

bool isFrozen(const std::string& path) {  // v1 only
  const auto state = readFileIfThere(path + "/freezer.state");
  return state && !state->starts_with("THAWED");
}

// Signals everything in the tree one by one. True when there was nothing, not even in a namespace
// that hides its pids. A frozen process of v1 dies when it is thawed: after the kill, so that it
// doesn't run before; one of v2 dies at once.
bool killTree(const std::string& path) {
  bool empty = readFileIfThere(path + "/cgroup.procs").value_or("").empty();
  if (!empty) {
    for (const pid_t pid : processesOf(path)) killProcess(pid);
  }
  for (const std::string& child : childrenOf(path)) empty = killTree(child) && empty;
  if (isFrozen(path)) writeFileIfThere(path + "/freezer.state", "THAWED");
  return empty;
}

// Only a hierarchy with a freezer is looked through.
void killFrozenTree(const std::string& path) {
  if (!fileExists(path + "/freezer.state")) return;
  if (isFrozen(path)) {
    killTree(path);
    return;
  }
  for (const std::string& child : childrenOf(path)) killFrozenTree(child);
}

// Kills once more what is there; true when nothing was.
bool killOnce(const std::string& path) {
  const auto events = readFileIfThere(path + "/cgroup.events");  // v2 only
  if (!events) return killTree(path);
  if (events->find("populated 0") != std::string::npos) return true;
  if (!writeFileIfThere(path + "/cgroup.kill", "1")) killTree(path);  // Linux 5.14
  return false;
}

// True when it is gone; otherwise errno says why not.
bool removed(const std::string& path) { return rmdir(path.c_str()) == 0 || errno == ENOENT; }

bool stillInUse() { return errno == EBUSY || errno == ENOTEMPTY; }

void removeChildren(const std::string& path) {
  for (const std::string& child : childrenOf(path)) {
    if (removed(child)) continue;
    if (!stillInUse()) check(-1, "rmdir", child);
    removeChildren(child);
    if (!removed(child) && !stillInUse()) check(-1, "rmdir", child);
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
  for (const std::string& path : paths) killFrozenTree(path);
}

void clearCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  for (const std::string& path : paths) {
    removeChildren(path);
    while (!childrenOf(path).empty() && backoff.wait()) removeChildren(path);
    const std::string control = path + "/cgroup.subtree_control";  // v2 only
    for (const std::string& name : wordsOf(readFileIfThere(control).value_or(""))) {
      writeFileIfThere(control, "-" + name);
    }
  }
}

void removeCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit) {
  Backoff backoff(limit);
  for (const std::string& path : paths) {
    while (!removed(path)) {
      if (!stillInUse()) check(-1, "rmdir", path);
      removeChildren(path);
      if (removed(path)) break;
      if (!stillInUse()) check(-1, "rmdir", path);
      if (!backoff.wait()) throw SyscallError{EBUSY, "rmdir", path};
    }
  }
}

}  // namespace tslxc
