// A limit for a blocking call of this thread that takes none itself: once it is over, the thread
// gets the signal of Interruption again and again, since one that comes just before the call is
// lost.
#pragma once

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

#include "native/base/interruption.h"
#include "native/base/syscall.h"

namespace tslxc {

class TimeLimit {
  using Clock = std::chrono::steady_clock;

 public:
  // A negative number of milliseconds is no limit. By system calls: in older C libraries the timers
  // are in a library of their own.
  explicit TimeLimit(int milliseconds)
      : limited_(milliseconds >= 0), end_(Clock::now() + std::chrono::milliseconds(milliseconds)) {
    if (!limited_) return;
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = Interruption::kSignal;
    event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
    check(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer_), "timer_create");
    constexpr long kMillisecond = 1000 * 1000;
    // A first time of 0 would stop the timer.
    itimerspec times{};
    times.it_value = {milliseconds / 1000, (milliseconds % 1000) * kMillisecond + 1};
    times.it_interval = {0, 10 * kMillisecond};
    syscall(SYS_timer_settime, timer_, 0, &times, nullptr);
  }
  ~TimeLimit() {
    if (limited_) syscall(SYS_timer_delete, timer_);
  }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  bool isOver() const { return limited_ && Clock::now() >= end_; }

 private:
  bool limited_;
  int timer_ = 0;
  Clock::time_point end_;
};

}  // namespace tslxc
