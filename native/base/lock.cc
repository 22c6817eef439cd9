#include "native/base/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "native/base/syscall.h"
#include "native/base/time-limit.h"

namespace tslxc {
namespace {

int operationOf(FlockMode mode) { return mode == FlockMode::shared ? LOCK_SH : LOCK_EX; }

struct flock byteAt(off_t offset, short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = offset;
  lock.l_len = 1;
  return lock;  // l_pid has to be 0 for F_OFD_*
}

bool tryLock(int fd, struct flock lock) {
  const int result = retry([&] { return fcntl(fd, F_OFD_SETLK, &lock); });
  if (result == -1 && (errno == EAGAIN || errno == EACCES)) return false;
  check(result, "fcntl");
  return true;
}

// The kind of the lock of another description that a lock of this kind would have to wait for.
short inTheWay(int fd, off_t offset, short kind) {
  struct flock lock = byteAt(offset, kind);
  check(retry([&] { return fcntl(fd, F_OFD_GETLK, &lock); }), "fcntl");
  return lock.l_type;
}

}  // namespace

bool waitFlock(int fd, FlockMode mode, int milliseconds, const Interruption& interruption) {
  const TimeLimit limit(milliseconds);
  while (::flock(fd, operationOf(mode)) == -1) {
    if (errno != EINTR || interruption.requested()) check(-1, "flock");
    if (limit.isOver()) return false;
  }
  return true;
}

bool tryFlock(int fd, FlockMode mode) {
  const int result = retry([=] { return ::flock(fd, operationOf(mode) | LOCK_NB); });
  if (result == -1 && errno == EWOULDBLOCK) return false;
  check(result, "flock");
  return true;
}

void unlockFlock(int fd) {
  check(retry([=] { return ::flock(fd, LOCK_UN); }), "flock");
}

void waitByte(int fd, off_t offset, const Interruption& interruption) {
  struct flock lock = byteAt(offset, F_WRLCK);
  check(interruption.retry([&] { return fcntl(fd, F_OFD_SETLKW, &lock); }), "fcntl");
}

bool tryByte(int fd, off_t offset) { return tryLock(fd, byteAt(offset, F_WRLCK)); }

bool tryByteShared(int fd, off_t offset) { return tryLock(fd, byteAt(offset, F_RDLCK)); }

void unlockByte(int fd, off_t offset) {
  struct flock lock = byteAt(offset, F_UNLCK);
  check(retry([&] { return fcntl(fd, F_OFD_SETLK, &lock); }), "fcntl");
}

// Asks about a read lock: only a write lock of another description is in its way.
bool isByteLocked(int fd, off_t offset) { return inTheWay(fd, offset, F_RDLCK) == F_WRLCK; }

bool isByteHeld(int fd, off_t offset) { return inTheWay(fd, offset, F_WRLCK) != F_UNLCK; }

}  // namespace tslxc
