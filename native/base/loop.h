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

// Opens the image and attaches it to a free loop device (LOOP_CONFIGURE, Linux 5.8), which detaches
// it by itself after the last close (LO_FLAGS_AUTOCLEAR): a crash leaves nothing behind. A
// read-only image is opened read-only, and so is the device. Throws SyscallError with the image's
// path, or the device's.
LoopDevice attachLoop(const std::string& image, Access access);

// The same with the device of that number, which is made if it does not exist, and keeps the image
// until detachLoop(), however often it is opened and closed. EBUSY if it has another image.
void attachNumberedLoop(uint32_t number, const std::string& image, Access access);

// Detaches the image from the device of that number: at once, or when the last process that has it
// open closes it. Then removes the device, unless another process has opened it. A device without
// an image, or none at all, is no error.
void detachLoop(uint32_t number);

}  // namespace tslxc
