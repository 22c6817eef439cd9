// How long to wait before a program that has died is started again: not at all if it had run for
// long, and longer each time if it dies early.
#pragma once

#include <algorithm>
#include <chrono>

namespace tslxc {

class RestartPause {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // The pause after a life of `lifetime`.
  Milliseconds after(Milliseconds lifetime) {
    if (lifetime >= kLongLife) next_ = Milliseconds::zero();
    const Milliseconds pause = next_;
    next_ = std::clamp(2 * pause, kShortest, kLongest);
    return pause;
  }

 private:
  static constexpr Milliseconds kLongLife{10'000};
  static constexpr Milliseconds kShortest{100};
  static constexpr Milliseconds kLongest{30'000};

  Milliseconds next_{0};
};

}  // namespace tslxc
