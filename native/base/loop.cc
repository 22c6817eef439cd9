#include "native/base/loop.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cstring>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Others take free devices too: the one that was found may be in use by now (EBUSY).
constexpr int kAttempts = 64;

}  // namespace

LoopDevice attachLoop(const std::string& image, Access access) {
  const int mode = access == Access::readOnly ? O_RDONLY : O_RDWR;
  const Fd file(check(retry([&] { return open(image.c_str(), mode | O_CLOEXEC); }), "open", image));
  const Fd control(
      check(open("/dev/loop-control", O_RDWR | O_CLOEXEC), "open", "/dev/loop-control"));
  loop_config config{};
  config.fd = static_cast<__u32>(file.get());
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  if (access == Access::readOnly) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
  std::strncpy(reinterpret_cast<char*>(config.info.lo_file_name), image.c_str(), LO_NAME_SIZE - 1);
  for (int attempt = 0;; ++attempt) {
    const int number = check(ioctl(control.get(), LOOP_CTL_GET_FREE), "ioctl", "LOOP_CTL_GET_FREE");
    const std::string path = "/dev/loop" + std::to_string(number);
    Fd device(check(retry([&] { return open(path.c_str(), mode | O_CLOEXEC); }), "open", path));
    if (ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) return {std::move(device), path};
    if (errno != EBUSY || attempt == kAttempts) check(-1, "ioctl", image);
  }
}

}  // namespace tslxc
