#include "native/base/pty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

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

}  // namespace

Pty openPty(int devpts) {
  return unlockAndOpenSlave(Fd(check(openat(devpts, "ptmx", kMasterFlags), "openat", "ptmx")));
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
