#include "native/monitor/held-lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "native/base/syscall.h"

namespace tslxc {

Fd holdLock(int directory, const char* name) {
  Fd file(check(openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), "openat",
                name));
  flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  check(fcntl(file.get(), F_OFD_SETLK, &lock), "fcntl", name);
  check(ftruncate(file.get(), 0), "ftruncate", name);
  check(dprintf(file.get(), "%d\n", getpid()), "write", name);
  return file;
}

}  // namespace tslxc
