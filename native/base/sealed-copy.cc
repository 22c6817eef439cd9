#include "native/base/sealed-copy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Both since Linux 6.3, and not in every C library's headers.
constexpr unsigned kExecutable = 0x10;  // MFD_EXEC
constexpr int kSealExecutable = 0x20;   // F_SEAL_EXEC
constexpr size_t kLongestName = 249;    // memfd_create(2)

Fd memoryFile(const std::string& name) {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int fd = memfd_create(name.c_str(), kFlags | kExecutable);
  if (fd == -1 && errno == EINVAL) fd = memfd_create(name.c_str(), kFlags);
  return Fd(check(fd, "memfd_create", name));
}

void seal(int fd) {
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  int result = fcntl(fd, F_ADD_SEALS, kSeals | kSealExecutable);
  if (result == -1 && errno == EINVAL) result = fcntl(fd, F_ADD_SEALS, kSeals);
  check(result, "fcntl", "F_ADD_SEALS");
}

}  // namespace

Fd sealedCopy(const std::string& path) {
  const Fd source(check(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
  Fd copy = memoryFile(path.substr(path.rfind('/') + 1, kLongestName));
  constexpr size_t kChunk = 1 << 20;
  while (check(retry([&] { return sendfile(copy.get(), source.get(), nullptr, kChunk); }),
               "sendfile", path) > 0) {
  }
  check(lseek(copy.get(), 0, SEEK_SET), "lseek", path);
  seal(copy.get());
  return copy;
}

}  // namespace tslxc
