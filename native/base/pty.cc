#include "native/base/pty.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

#include "native/base/path.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

Pty unlockAndOpenSlave(Fd master) {
  int locked = 0;
  check(ioctl(master.get(), TIOCSPTLCK, &locked), "ioctl", "TIOCSPTLCK");
  unsigned index = 0;
  check(ioctl(master.get(), TIOCGPTN, &index), "ioctl", "TIOCGPTN");
  Fd slave(check(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "ioctl",
                 "TIOCGPTPEER"));
  return {std::move(master), std::move(slave), index};
}

constexpr int kMasterFlags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK;

// The device 5:2 of any devpts.
constexpr unsigned kMajor = 5;
constexpr unsigned kMinor = 2;

bool isMaster(int fd) {
  struct stat facts{};
  check(fstat(fd, &facts), "fstat", "/dev/pts/ptmx");
  return S_ISCHR(facts.st_mode) && facts.st_rdev == makedev(kMajor, kMinor);
}

}  // namespace

Pty openPty(int devpts) {
  return unlockAndOpenSlave(Fd(check(openat(devpts, "ptmx", kMasterFlags), "openat", "ptmx")));
}

Pty openPtyInside(int root) {
  const Fd devpts = openInRoot(root, "/dev/pts", O_PATH | O_DIRECTORY);
  struct statfs facts{};
  check(fstatfs(devpts.get(), &facts), "fstatfs", "/dev/pts");
  if (facts.f_type != DEVPTS_SUPER_MAGIC) throw SyscallError{ENODEV, "openat2", "/dev/pts"};
  Fd master = openOnSameMount(devpts.get(), "ptmx", kMasterFlags);
  if (!isMaster(master.get())) throw SyscallError{ENODEV, "openat2", "/dev/pts/ptmx"};
  return unlockAndOpenSlave(std::move(master));
}

Pty openHostPty() {
  return unlockAndOpenSlave(Fd(check(open("/dev/ptmx", kMasterFlags), "open", "/dev/ptmx")));
}

void makeRaw(int terminal) {
  termios settings{};
  check(tcgetattr(terminal, &settings), "tcgetattr");
  cfmakeraw(&settings);
  check(tcsetattr(terminal, TCSANOW, &settings), "tcsetattr");
}

void setWindowSize(int terminal, WindowSize size) {
  winsize raw{};
  raw.ws_row = size.rows;
  raw.ws_col = size.columns;
  check(ioctl(terminal, TIOCSWINSZ, &raw), "ioctl", "TIOCSWINSZ");
}

WindowSize windowSize(int terminal) {
  winsize raw{};
  check(ioctl(terminal, TIOCGWINSZ, &raw), "ioctl", "TIOCGWINSZ");
  return {raw.ws_row, raw.ws_col};
}

}  // namespace tslxc
