// RestartPause: at once after a long life, then 100 ms, and twice as long after each short one,
// half a minute at most.
#include "native/monitor/restart-pause.h"

#undef NDEBUG
#include <cassert>
#include <vector>

namespace tslxc::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortLife{9'999};
constexpr milliseconds kLongLife{10'000};

std::vector<long> pausesAfter(RestartPause& pause, milliseconds lifetime, int deaths) {
  std::vector<long> pauses;
  for (int i = 0; i < deaths; ++i) pauses.push_back(pause.after(lifetime).count());
  return pauses;
}

void shortLivesWaitLonger() {
  RestartPause pause;
  const std::vector<long> expected{0,    100,  200,   400,   800,   1600,
                                   3200, 6400, 12800, 25600, 30000, 30000};
  assert(pausesAfter(pause, kShortLife, 12) == expected);
}

void aLongLifeBeginsAnew() {
  RestartPause pause;
  pausesAfter(pause, kShortLife, 5);
  assert(pausesAfter(pause, kLongLife, 3) == std::vector<long>(3, 0));
  assert((pausesAfter(pause, kShortLife, 2) == std::vector<long>{100, 200}));
}

}  // namespace
}  // namespace tslxc::test

int main() {
  tslxc::test::shortLivesWaitLonger();
  tslxc::test::aLongLifeBeginsAnew();
}
