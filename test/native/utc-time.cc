// UtcTime, beside the calendar of a compiler that has one.
#include "native/monitor/utc-time.h"

#undef NDEBUG
#include <cassert>

namespace tslxc::test {
namespace {

using namespace std::chrono;

std::string expected(sys_days day, const char* clock) {
  const year_month_day date(day);
  char text[64];
  snprintf(text, sizeof text, "%04d-%02u-%02uT%s", static_cast<int>(date.year()),
           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock);
  return text;
}

// With the leap days of 2000, 2400 and each fourth year, and without those of 2100, 2200 and 2300.
void everyDayHasItsDate() {
  for (sys_days day{}; day < sys_days{2405y / January / 1}; day += days{1}) {
    assert(UtcTime(day.time_since_epoch()).text() == expected(day, "00:00:00Z"));
  }
}

void everySecondHasItsTime() {
  const sys_days day{2000y / February / 29};
  for (seconds clock{}; clock < days{1}; ++clock) {
    const hh_mm_ss parts(clock);
    char text[32];
    snprintf(text, sizeof text, "%02ld:%02ld:%02ldZ", static_cast<long>(parts.hours().count()),
             static_cast<long>(parts.minutes().count()),
             static_cast<long>(parts.seconds().count()));
    assert(UtcTime(day.time_since_epoch() + clock).text() == expected(day, text));
  }
}

}  // namespace
}  // namespace tslxc::test

int main() {
  tslxc::test::everyDayHasItsDate();
  tslxc::test::everySecondHasItsTime();
}
