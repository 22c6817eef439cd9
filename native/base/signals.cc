#include "native/base/signals.h"

#include <signal.h>

#include "native/base/syscall.h"

namespace tslxc {

void ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN); }

void restoreSignals() {
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  check(sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
}

}  // namespace tslxc
