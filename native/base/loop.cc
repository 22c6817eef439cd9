#include "native/base/loop.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Others take free devices too: the one that was found may be in use by now (EBUSY).
constexpr int kAttempts = 64;

// udev opens each device that is made or changed, for some milliseconds.
constexpr int kRemovals = 20;
constexpr std::chrono::milliseconds kPause{5};

int openMode(Access access) { return (access == Access::readOnly ? O_RDONLY : O_RDWR) | O_CLOEXEC; }

Fd openPath(const std::string& path, int mode) {
  return Fd(check(retry([&] { return open(path.c_str(), mode); }), "open", path));
}

Fd openControl() { return openPath("/dev/loop-control", O_RDWR | O_CLOEXEC); }

std::string devicePath(uint32_t number) { return "/dev/loop" + std::to_string(number); }

// The name is what losetup(8) shows where there is no sysfs.
loop_config configOf(const Fd& file, const std::string& image, Access access) {
  loop_config config{};
  config.fd = static_cast<__u32>(file.get());
  if (access == Access::readOnly) config.info.lo_flags = LO_FLAGS_READ_ONLY;
  std::strncpy(reinterpret_cast<char*>(config.info.lo_file_name), image.c_str(), LO_NAME_SIZE - 1);
  return config;
}

void removeDevice(uint32_t number) {
  const Fd control = openControl();
  for (int attempt = 1; ioctl(control.get(), LOOP_CTL_REMOVE, number) < 0; ++attempt) {
    if (errno == ENODEV) return;
    if (errno != EBUSY) check(-1, "ioctl", "LOOP_CTL_REMOVE");
    if (attempt == kRemovals) return;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace

LoopDevice attachLoop(const std::string& image, Access access) {
  const Fd file = openPath(image, openMode(access));
  const Fd control = openControl();
  loop_config config = configOf(file, image, access);
  config.info.lo_flags |= LO_FLAGS_AUTOCLEAR;
  for (int attempt = 0;; ++attempt) {
    const int number = check(ioctl(control.get(), LOOP_CTL_GET_FREE), "ioctl", "LOOP_CTL_GET_FREE");
    const std::string path = devicePath(static_cast<uint32_t>(number));
    Fd device = openPath(path, openMode(access));
    if (ioctl(device.get(), LOOP_CONFIGURE, &config) == 0) return {std::move(device), path};
    if (errno != EBUSY || attempt == kAttempts) check(-1, "ioctl", image);
  }
}

void attachNumberedLoop(uint32_t number, const std::string& image, Access access) {
  const Fd file = openPath(image, openMode(access));
  const Fd control = openControl();
  const bool isMade = ioctl(control.get(), LOOP_CTL_ADD, number) >= 0;
  if (!isMade && errno != EEXIST) check(-1, "ioctl", "LOOP_CTL_ADD");
  const std::string path = devicePath(number);
  const Fd device = openPath(path, openMode(access));
  const loop_config config = configOf(file, image, access);
  const int result = ioctl(device.get(), LOOP_CONFIGURE, &config);
  check(result, "ioctl", result < 0 && errno == EBUSY ? path : image);
}

void detachLoop(uint32_t number) {
  const std::string path = devicePath(number);
  {
    const Fd device(retry([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (!device.valid()) {
      if (errno == ENOENT || errno == ENXIO || errno == ENODEV) return;
      check(-1, "open", path);
    }
    if (ioctl(device.get(), LOOP_CLR_FD, 0) < 0 && errno != ENXIO) check(-1, "ioctl", path);
  }
  removeDevice(number);
}

}  // namespace tslxc
