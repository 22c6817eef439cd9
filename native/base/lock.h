// Locks on open files that end with their holder: flock(2), and open-file-description locks on one
// byte (fcntl(2), F_OFD_SETLK). Both belong to the open file description, not to the process.
#pragma once

#include <sys/types.h>

#include "native/base/interruption.h"

namespace tslxc {

enum class FlockMode { shared, exclusive };

// Waits until it has the lock, or, unless `milliseconds` is negative, so long: false if it has not
// got it by then. EINTR when it is interrupted.
bool waitFlock(int fd, FlockMode mode, int milliseconds, const Interruption& interruption);
// False when another description holds it.
bool tryFlock(int fd, FlockMode mode);
void unlockFlock(int fd);

// A write lock on the byte at `offset`, which need not exist in the file.
void waitByte(int fd, off_t offset, const Interruption& interruption);
bool tryByte(int fd, off_t offset);
void unlockByte(int fd, off_t offset);
// A read lock, for which a descriptor that can't be written to is enough: false when another
// description holds a write lock.
bool tryByteShared(int fd, off_t offset);
// Whether another description holds a lock of either kind. Takes nothing.
bool isByteHeld(int fd, off_t offset);
// Whether another description holds a write lock on the byte. Takes nothing.
bool isByteLocked(int fd, off_t offset);

}  // namespace tslxc
