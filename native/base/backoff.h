// Pauses for polling something of which the kernel sends no notification: 0.2 ms at first, 20 ms at
// most, until a limit is reached.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

namespace tslxc {

class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds limit) : end_(Clock::now() + limit) {}

  // Pauses; false, at once, when the limit has been reached.
  bool wait() {
    const auto left = end_ - Clock::now();
    if (left <= Clock::duration::zero()) return false;
    std::this_thread::sleep_for(std::min<Clock::duration>(pause_, left));
    pause_ = std::min<Clock::duration>(2 * pause_, kLongest);
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kLongest{20};

  Clock::time_point end_;
  Clock::duration pause_ = std::chrono::microseconds(200);
};

}  // namespace tslxc
