#include "native/base/mount.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "native/base/file.h"
#include "native/base/kernel-names.h"
#include "native/base/syscall.h"

extern "C" int umount2(const char* target, int flags) noexcept;

namespace tslxc {
namespace {

constexpr uint64_t kMsPrivate = 1UL << 18;
constexpr int kMntDetach = 2;

// The kernel explains a refused option in lines that are read from the context, as "e text".
std::string explain(int context, std::string_view subject) {
  std::string text(subject);
  char line[256];
  const ssize_t length = read(context, line, sizeof line);
  if (length > 2) text.append(": ").append(line + 2, static_cast<size_t>(length) - 2);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

long configure(int context, unsigned command, const char* key, const char* value) {
  return syscall(SYS_fsconfig, context, command, key, value, 0);
}

std::string descriptorPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// Whether overlayfs takes its layers one by one (Linux 6.8). The value of an option has 255 bytes
// at most, so one option has room for about 15 layers.
bool takesSingleLayers(int layer) {
  const Fd context(static_cast<int>(syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC)));
  if (!context.valid()) return false;
  const std::string path = descriptorPath(layer);
  return configure(context.get(), FSCONFIG_SET_STRING, "lowerdir+", path.c_str()) == 0;
}

std::vector<std::string> lowerOptions(const std::vector<int>& lowers) {
  std::vector<std::string> options;
  if (lowers.size() > 1 && takesSingleLayers(lowers.front())) {
    for (const int layer : lowers) options.push_back("lowerdir+=" + descriptorPath(layer));
    return options;
  }
  std::string all;
  for (const int layer : lowers) all += (all.empty() ? "" : ":") + descriptorPath(layer);
  options.push_back("lowerdir=" + all);
  return options;
}

// Moves a mount to where it is out of the way, and is unmounted with the old root.
long moveAside(int mount) {
  return syscall(SYS_move_mount, mount, "", AT_FDCWD, "/sys", MOVE_MOUNT_F_EMPTY_PATH);
}

// Spaces and the like are octal in proc_pid_mountinfo(5).
std::string unescaped(std::string_view field) {
  std::string text;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 3 >= field.size()) {
      text += field[i];
      continue;
    }
    text += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 +
                              (field[i + 3] - '0'));
    i += 3;
  }
  return text;
}

// The fifth word of a line of proc_pid_mountinfo(5).
std::string mountPointIn(std::string_view line) {
  for (int word = 1; word < 5; ++word) {
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  }
  return unescaped(line.substr(0, line.find(' ')));
}

}  // namespace

Fd makeFilesystem(const std::string& type, const std::vector<std::string>& options,
                  unsigned attributes) {
  Fd context(
      static_cast<int>(check(syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC), "fsopen", type)));
  const auto require = [&](long result, std::string_view what) {
    if (result == 0) return;
    const int error = errno;
    throw SyscallError{error, "fsconfig", explain(context.get(), what)};
  };
  for (const std::string& option : options) {
    const size_t equals = option.find('=');
    if (equals == std::string::npos) {
      require(configure(context.get(), FSCONFIG_SET_FLAG, option.c_str(), nullptr), option);
    } else {
      const std::string key = option.substr(0, equals);
      const char* value = option.c_str() + equals + 1;
      require(configure(context.get(), FSCONFIG_SET_STRING, key.c_str(), value), option);
    }
  }
  require(configure(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr), type);
  return Fd(static_cast<int>(
      check(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, attributes), "fsmount", type)));
}

Fd makeOverlay(const std::vector<int>& lowers, int work, const std::vector<std::string>& options,
               unsigned attributes) {
  std::vector<std::string> all = lowerOptions(lowers);
  all.push_back("upperdir=" + descriptorPath(work) + "/upper");
  all.push_back("workdir=" + descriptorPath(work) + "/work");
  all.insert(all.end(), options.begin(), options.end());
  return makeFilesystem("overlay", all, attributes);
}

Fd openTree(int directory, const std::string& path, Depth depth, Automount automount) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
  if (path.empty()) flags |= AT_EMPTY_PATH;
  if (depth == Depth::recursive) flags |= AT_RECURSIVE;
  if (automount == Automount::leave) flags |= AT_NO_AUTOMOUNT;
  return Fd(static_cast<int>(
      check(syscall(SYS_open_tree, directory, path.c_str(), flags), "open_tree", path)));
}

void setTreeAttributes(int tree, const TreeAttributes& attributes, std::string_view subject) {
  mount_attr change{};
  change.attr_set = attributes.set;
  change.attr_clr = attributes.clear;
  change.propagation = attributes.propagation;
  const unsigned flags = AT_EMPTY_PATH | (attributes.depth == Depth::recursive ? AT_RECURSIVE : 0U);
  check(syscall(SYS_mount_setattr, tree, "", flags, &change, sizeof change), "mount_setattr",
        subject);
}

void mapTree(int tree, int userNamespace, Depth depth, std::string_view subject) {
  mount_attr change{};
  change.attr_set = MOUNT_ATTR_IDMAP;
  change.userns_fd = static_cast<uint64_t>(userNamespace);
  const unsigned flags = AT_EMPTY_PATH | (depth == Depth::recursive ? AT_RECURSIVE : 0U);
  check(syscall(SYS_mount_setattr, tree, "", flags, &change, sizeof change), "mount_setattr",
        subject);
}

void makeNamespacePrivate() {
  mount_attr change{};
  change.propagation = kMsPrivate;
  check(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &change, sizeof change),
        "mount_setattr", "/");
}

void attachTree(int tree, int target, std::string_view subject) {
  check(syscall(SYS_move_mount, tree, "", target, "",
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
        "move_mount", subject);
}

void stackTree(int tree) { check(moveAside(tree), "move_mount", "/sys"); }

void enterTree(int tree) {
  check(syscall(SYS_move_mount, tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH), "move_mount",
        "/");
  check(fchdir(tree), "fchdir", "/");
}

MountIdentity identityOf(int place, std::string_view subject) {
  struct statx facts{};
  check(statx(place, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID | STATX_INO, &facts),
        "statx", subject);
  return {facts.stx_mnt_id, makedev(facts.stx_dev_major, facts.stx_dev_minor), facts.stx_ino};
}

std::optional<std::string> placeOfMount(int descriptors, uint64_t mount) {
  const std::optional<std::string> read = readFileIfThere(descriptors, "../mountinfo");
  // Not a mount is missing then, but the list of mounts.
  if (!read) throw SyscallError{ENOENT, "open", "/proc/self/mountinfo"};
  const std::string& mounts = *read;
  for (size_t at = 0; at < mounts.size();) {
    const std::string_view line = std::string_view(mounts).substr(at, mounts.find('\n', at) - at);
    uint64_t number = 0;
    if (std::sscanf(mounts.c_str() + at, "%" SCNu64, &number) == 1 && number == mount) {
      return mountPointIn(line);
    }
    at += line.size() + 1;
  }
  return std::nullopt;
}

bool isMountRoot(int place) {
  struct statx facts{};
  if (statx(place, "", AT_EMPTY_PATH, 0, &facts) == -1) return true;
  return (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

void detachTree(int target, int descriptors, std::string_view subject) {
  check(fchdir(descriptors), "fchdir", "/proc/self/fd");
  const std::string name = std::to_string(target);
  check(umount2(name.c_str(), kMntDetach), "umount2", subject);
}

void putAside(int target, std::string_view subject) {
  if (moveAside(target) == 0) return;
  const int error = errno;
  if (error == EINVAL && !isMountRoot(target)) return;
  throw SyscallError{error, "move_mount", std::string(subject)};
}

}  // namespace tslxc
