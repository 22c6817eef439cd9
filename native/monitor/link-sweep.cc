#include "native/monitor/link-sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "native/base/clone.h"
#include "native/base/kernel-names.h"
#include "native/base/link.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/netlink.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/beginning.h"

namespace tslxc {
namespace {

// Fewer are gone with the namespace within a second.
constexpr size_t kMany = 32;
// Of the list: two of titles.
constexpr size_t kTitles = 2;
constexpr int kNotExecuted = 127;

size_t linesOf(int list) {
  std::array<char, 16384> bytes;
  size_t lines = 0;
  for (off_t at = 0;;) {
    const ssize_t got = retry([&] { return pread(list, bytes.data(), bytes.size(), at); });
    if (got <= 0) return lines;
    lines += static_cast<size_t>(std::count(bytes.data(), bytes.data() + got, '\n'));
    at += got;
  }
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// The network namespace of a process; nothing once it has ended.
std::optional<struct stat> networkOf(int processes, const char* pid) {
  const std::string path = std::string(pid) + "/ns/net";
  const Fd file(openat(processes, path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && (errno == ENOENT || errno == ESRCH)) return {};
  struct stat facts{};
  check(fstat(check(file.get(), "open", path), &facts), "fstat", path);
  return facts;
}

// Whether a process is in the namespace: that of another container may share it, and outlive the
// one that has made it. Throws SyscallError when that can't be found out.
bool isInUse(int network) {
  struct stat ours{};
  check(fstat(network, &ours), "fstat", "network namespace");
  const int folder = check(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", "/proc");
  const std::unique_ptr<DIR, CloseDirectory> processes(fdopendir(folder));
  if (processes == nullptr) throw SyscallError{errno, "fdopendir", "/proc"};
  errno = 0;
  while (const dirent* entry = readdir(processes.get())) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
      const std::optional<struct stat> other = networkOf(folder, entry->d_name);
      if (other && other->st_ino == ours.st_ino && other->st_dev == ours.st_dev) return true;
    }
    errno = 0;
  }
  check(errno == 0 ? 0 : -1, "readdir", "/proc");
  return false;
}

// As long as the removal took, so that others get as much time as they have to wait.
void remove(RouteSocket& socket, const std::string& name) {
  const auto began = std::chrono::steady_clock::now();
  try {
    deleteLink(socket, name);
  } catch (const SyscallError&) {
    return;  // Gone with its other end, or one of those that no request removes.
  }
  const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
  const timespec pause{static_cast<time_t>(took / std::chrono::seconds(1)),
                       static_cast<long>((took % std::chrono::seconds(1)).count())};
  nanosleep(&pause, nullptr);
}

}  // namespace

void LinkSweep::watch(pid_t init) {
  const std::string path = "/proc/" + std::to_string(init) + "/net/dev";
  // Without the list, the kernel removes them.
  list_ = Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

bool LinkSweep::hasMany() const { return list_.valid() && linesOf(list_.get()) >= kTitles + kMany; }

// The exec as uid 0 regains every capability of the bounding set. Nothing else of the monitor's is
// kept, neither its lock nor its clients.
void LinkSweep::start() const {
  try {
    if (cloneProcess(0, -1).pid != 0) return;
  } catch (const SyscallError&) {
    return;  // As without this process: the kernel removes them.
  }
  restoreSignals();
  setsid();
  close(kChannel);
  syscall(SYS_close_range, kNetworkDescriptor + 1, ~0U, 0);
  std::string name = "tslxc-monitor";
  std::string word = kSweepWord;
  std::array<char*, 3> argv{name.data(), word.data(), nullptr};
  char* environment[] = {nullptr};
  execve("/proc/self/exe", argv.data(), environment);
  _exit(kNotExecuted);
}

bool isSweep(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], kSweepWord) == 0; }

int sweepLinks() try {
  becomeQuiet("tslxc-sweeper");
  closeOnExec(kNetworkDescriptor, kNetworkDescriptor + 1);
  if (isInUse(kNetworkDescriptor)) return 0;
  RouteSocket socket(kNetworkDescriptor);
  for (const Link& link : listLinks(kNetworkDescriptor)) {
    // One without a kind is `lo`, or a device that the kernel brings back to the host.
    if (!link.kind.empty()) remove(socket, link.name);
  }
  return 0;
} catch (const SyscallError&) {
  return 1;
}

}  // namespace tslxc
