#include "native/base/first-names.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string_view>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// A mount of btrfs has several devices, one for each subvolume.
std::string keyOf(const struct stat& state) {
  return std::to_string(state.st_dev) + '-' + std::to_string(state.st_ino);
}

std::string unforeseeableName() {
  std::array<uint64_t, 2> bits{};
  check(retry([&] { return getrandom(bits.data(), sizeof bits, 0); }), "getrandom");
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), ".tslxc-%016llx%016llx",
                static_cast<unsigned long long>(bits[0]), static_cast<unsigned long long>(bits[1]));
  return text.data();
}

// However many there are, few of their names are in memory at once. Returns how many there were.
uint64_t removeFiles(int directory) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  Fd readable(check(openat(directory, ".", kFlags), "openat"));
  const std::unique_ptr<DIR, int (*)(DIR*)> list(fdopendir(readable.get()), closedir);
  if (!list) throw SyscallError{errno, "fdopendir", ""};
  static_cast<void>(readable.release());  // the list owns it
  uint64_t removed = 0;
  errno = 0;
  while (const dirent* const entry = readdir(list.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    check(unlinkat(directory, entry->d_name, 0), "unlinkat");
    ++removed;
    errno = 0;
  }
  if (errno != 0) throw SyscallError{errno, "readdir", ""};
  return removed;
}

}  // namespace

void FirstNames::keep(const struct stat& original, int directory, const std::string& name) {
  if (!folder_.valid()) makeFolder();
  const std::string key = keyOf(original);
  check(linkat(directory, name.c_str(), folder_.get(), key.c_str(), 0), "linkat");
}

bool FirstNames::link(const struct stat& original, int directory, const std::string& name) {
  if (!folder_.valid()) return false;
  const std::string key = keyOf(original);
  if (linkat(folder_.get(), key.c_str(), directory, name.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  if (errno != EMLINK) check(-1, "linkat");
  takeLastName(original, directory, name);
  return true;
}

// The inode has as many names as the file system allows, one of them here: the last one of the
// original takes its place.
void FirstNames::takeLastName(const struct stat& original, int directory, const std::string& name) {
  const std::string key = keyOf(original);
  struct stat copy{};
  check(fstatat(folder_.get(), key.c_str(), &copy, AT_SYMLINK_NOFOLLOW), "fstatat");
  if (copy.st_nlink != original.st_nlink) throw SyscallError{EMLINK, "linkat", ""};
  check(renameat(folder_.get(), key.c_str(), directory, name.c_str()), "renameat");
}

void FirstNames::clear() {
  if (!folder_.valid()) return;
  // On some file systems, an entry that is removed while a directory is read hides another one.
  while (removeFiles(folder_.get()) != 0) continue;
  check(unlinkat(top_, name_.c_str(), AT_REMOVEDIR), "unlinkat");
  folder_.reset();
}

void FirstNames::makeFolder() {
  name_ = unforeseeableName();
  check(mkdirat(top_, name_.c_str(), S_IRWXU), "mkdirat");
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  folder_ = Fd(check(openat(top_, name_.c_str(), kFlags), "openat"));
}

}  // namespace tslxc
