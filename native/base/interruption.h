// How one thread ends a system call that waits in another: the flag first, then signals
// until the thread has seen it, since one that comes just before the call is lost.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cerrno>

namespace tslxc {

class Interruption {
 public:
  // Ignored by default, so that taking it changes nothing; with a handler it ends a call that waits
  // (signal(7)).
  static constexpr int kSignal = SIGURG;

  // The handler is the process's, does nothing, and is only put in the place of the default.
  static void prepare() {
    struct sigaction current{};
    if (sigaction(kSignal, nullptr, &current) == -1 || current.sa_handler != SIG_DFL) return;
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};  // without SA_RESTART
    sigaction(kSignal, &nothing, nullptr);
  }

  // For the thread that waits: it may have inherited a mask.
  static void allow() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, kSignal);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }

  bool requested() const { return requested_; }

  // Call again until the thread is known to have ended its wait. It must not have ended itself.
  void interrupt(pthread_t thread) {
    requested_ = true;
    pthread_kill(thread, kSignal);
  }

  // Repeats a call that a signal interrupted, unless this was asked for: then EINTR is the result.
  template <typename Call>
  auto retry(Call call) const {
    for (;;) {
      const auto result = call();
      if (result != -1 || errno != EINTR || requested_) return result;
    }
  }

 private:
  std::atomic<bool> requested_ = false;
};

}  // namespace tslxc
