// A time in UTC in the format of ISO 8601. It uses neither glibc's gmtime, which first reads the
// host's time zone, nor C++20's calendar, which some compilers that build the package lack.
#pragma once

#include <stdio.h>

#include <array>
#include <chrono>
#include <string>

namespace tslxc {

class UtcTime {
 public:
  // Seconds since 1970, not negative.
  explicit UtcTime(std::chrono::seconds since)
      : clock_(since.count() % kDay), day_(since.count() / kDay) {
    while (day_ >= (isLeap() ? 366 : 365)) {
      day_ -= isLeap() ? 366 : 365;
      ++year_;
    }
    while (day_ >= daysOfMonth()) {
      day_ -= daysOfMonth();
      ++month_;
    }
  }

  std::string text() const {
    char text[128];
    snprintf(text, sizeof text, "%04ld-%02zu-%02ldT%02ld:%02ld:%02ldZ", year_, month_ + 1, day_ + 1,
             clock_ / 3600, clock_ / 60 % 60, clock_ % 60);
    return text;
  }

 private:
  static constexpr long kDay = 86'400;

  bool isLeap() const { return year_ % 4 == 0 && (year_ % 100 != 0 || year_ % 400 == 0); }

  long daysOfMonth() const {
    constexpr std::array<long, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month_ == 1 && isLeap() ? 29 : days[month_];
  }

  long clock_;
  // The day of the year, and then of the month; days and months count from 0.
  long day_;
  long year_ = 1970;
  size_t month_ = 0;
};

}  // namespace tslxc
