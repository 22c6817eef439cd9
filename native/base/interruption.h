// How one thread interrupts a blocking system call of another: it sets a flag, and then sends
// signals until the other has seen that, since a signal that comes just before the call is lost.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cerrno>

namespace tslxc {

class Interruption {
 public:
  // Ignored by default, so that using it changes nothing else; with a handler it interrupts a
  // blocking call (signal(7)).
  static constexpr int kSignal = SIGURG;

  // Installs a handler that does nothing, for the whole process, but only instead of the default.
  static void prepare() {
    struct sigaction current{};
    if (sigaction(kSignal, nullptr, &current) == -1 || current.sa_handler != SIG_DFL) return;
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};  // without SA_RESTART
    sigaction(kSignal, &nothing, nullptr);
  }

  // For the waiting thread, which may have inherited a signal mask.
  static void allow() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, kSignal);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }

  bool requested() const { return requested_; }

  // To be repeated until the thread is known to have stopped waiting. The thread must still exist.
  void interrupt(pthread_t thread) {
    requested_ = true;
    pthread_kill(thread, kSignal);
  }

  // Repeats a call that a signal interrupted, unless that was requested: then EINTR is the result.
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
