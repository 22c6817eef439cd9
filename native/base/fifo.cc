#include "native/base/fifo.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "native/base/mount.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Opens the reading end first and non-blocking: otherwise opening one end waits for the other.
PipeEnds makeFifo(int folder) {
  constexpr const char* kName = "pipe";
  check(mkfifoat(folder, kName, 0600), "mkfifoat");
  PipeEnds ends;
  ends.reading = Fd(check(openat(folder, kName, O_RDONLY | O_NONBLOCK | O_CLOEXEC), "openat"));
  ends.writing = Fd(check(openat(folder, kName, O_WRONLY | O_CLOEXEC), "openat"));
  check(fcntl(ends.reading.get(), F_SETFL, 0), "fcntl", "F_SETFL");
  check(unlinkat(folder, kName, 0), "unlinkat");
  return ends;
}

}  // namespace

std::vector<PipeEnds> makeFifos(size_t count, const std::vector<std::string>& options) {
  const Fd folder =
      makeFilesystem("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  std::vector<PipeEnds> all;
  for (size_t i = 0; i < count; ++i) all.push_back(makeFifo(folder.get()));
  return all;
}

Fd makeNull(const std::vector<std::string>& options) {
  constexpr const char* kName = "null";
  const Fd folder = makeFilesystem("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  check(mknodat(folder.get(), kName, S_IFCHR | 0600, makedev(1, 3)), "mknodat");
  return Fd(check(openat(folder.get(), kName, O_RDWR | O_CLOEXEC), "openat"));
}

}  // namespace tslxc
