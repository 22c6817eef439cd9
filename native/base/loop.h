// Image files as block devices: loop(4).
#pragma once

#include <cstdint>
#include <string>

#include "native/base/fd.h"

namespace tslxc {

enum class Access { readOnly, readWrite };

// A loop device with an image file behind it.
struct LoopDevice {
  Fd fd;
  std::string path;  // "/dev/loop3"
};

// Opens the image and gives it to a free loop device (LOOP_CONFIGURE, Linux 5.8), which lets it go
// by itself when its last user has closed it (LO_FLAGS_AUTOCLEAR): a crash leaves nothing behind. A
// read-only image is opened read-only, and so is the device. Throws SyscallError with the image's
// path, or the device's.
LoopDevice attachLoop(const std::string& image, Access access);

// The same with the device of that number, which is made if there is none, and keeps the image
// until detachLoop, however often it is opened and closed. EBUSY when it has another image.
void attachNumberedLoop(uint32_t number, const std::string& image, Access access);

// Takes the image from the device of that number: at once, or when the last process that has it
// open closes it. Then removes the device, unless another process has opened it. A device without
// an image, or none at all, is no error.
void detachLoop(uint32_t number);

}  // namespace tslxc
