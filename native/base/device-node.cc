#include "native/base/device-node.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "native/base/fd.h"
#include "native/base/file.h"
#include "native/base/path.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr const char* kDev = "/dev";
constexpr int kFolder = O_PATH | O_DIRECTORY;

struct stat stateOf(int file, const std::string& subject) {
  struct stat state{};
  check(fstat(file, &state), "fstat", subject);
  return state;
}

Fd openDevices(int root, const std::set<dev_t>& foreign) {
  Fd devices = openInRoot(root, kDev, kFolder);
  struct statfs kind{};
  check(fstatfs(devices.get(), &kind), "fstatfs", kDev);
  const dev_t device = stateOf(devices.get(), kDev).st_dev;
  if (kind.f_type != TMPFS_MAGIC || foreign.contains(device)) {
    throw SyscallError{EXDEV, "openat2", kDev};
  }
  return devices;
}

void giveTo(int entry, const NodeOwner& owner, const std::string& path) {
  check(fchownat(entry, "", owner.uid, owner.gid, AT_EMPTY_PATH), "fchownat", path);
}

// The folder `path` below `devices`, on the same mount, made where it is missing.
Fd openFolder(const Fd& devices, const std::string& path, const NodeOwner& owner) {
  try {
    return openInFilesystem(devices.get(), path, kFolder);
  } catch (const SyscallError& cause) {
    if (cause.error != ENOENT) throw;
  }
  const size_t slash = path.rfind('/');
  const Fd parent = slash == std::string::npos ? duplicate(devices.get())
                                               : openFolder(devices, path.substr(0, slash), owner);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  check(mkdirat(parent.get(), name.c_str(), 0755), "mkdirat", path);
  Fd made = openInFilesystem(parent.get(), name, kFolder);
  giveTo(made.get(), owner, path);
  return made;
}

bool isNode(int entry, const DeviceNode& node) {
  const struct stat state = stateOf(entry, node.path);
  return (state.st_mode & S_IFMT) == node.type && state.st_rdev == node.device;
}

struct Place {
  std::string folder;  // "." for /dev itself
  std::string name;
};

Place placeOf(const DeviceNode& node) {
  const size_t slash = node.path.rfind('/');
  if (slash == std::string::npos) return {".", node.path};
  return {node.path.substr(0, slash), node.path.substr(slash + 1)};
}

}  // namespace

std::set<dev_t> mountedDevices() {
  std::set<dev_t> devices;
  const std::string mounts = readFile("/proc/self/mountinfo");
  for (size_t line = 0; line < mounts.size();) {
    unsigned major = 0;
    unsigned minor = 0;
    const int found = std::sscanf(mounts.c_str() + line, "%*d %*d %u:%u", &major, &minor);
    if (found == 2) devices.insert(makedev(major, minor));
    line = std::min(mounts.find('\n', line), mounts.size() - 1) + 1;
  }
  return devices;
}

void addNode(int root, const DeviceNode& node, const NodeOwner& owner,
             const std::set<dev_t>& foreign) {
  const Fd devices = openDevices(root, foreign);
  const Place place = placeOf(node);
  const Fd folder = openFolder(devices, place.folder, owner);
  check(mknodat(folder.get(), place.name.c_str(), node.type | owner.mode, node.device), "mknodat",
        node.path);
  const Fd made = openEntryOfMount(folder.get(), place.name);
  if (!made.valid() || !isNode(made.get(), node)) throw SyscallError{ESTALE, "mknodat", node.path};
  giveTo(made.get(), owner, node.path);
}

void removeNode(int root, const DeviceNode& node, const std::set<dev_t>& foreign) {
  try {
    const Fd devices = openDevices(root, foreign);
    const Place place = placeOf(node);
    const Fd folder = openInFilesystem(devices.get(), place.folder, kFolder);
    const Fd entry = openEntryOfMount(folder.get(), place.name);
    if (!entry.valid() || !isNode(entry.get(), node)) return;
    check(unlinkat(folder.get(), place.name.c_str(), 0), "unlinkat", node.path);
  } catch (const SyscallError& cause) {
    // The container has put something else in its place.
    for (const int other : {ENOENT, ENOTDIR, ELOOP, EXDEV}) {
      if (cause.error == other) return;
    }
    throw;
  }
}

}  // namespace tslxc
