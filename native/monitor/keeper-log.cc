#include "native/monitor/keeper-log.h"

#include <stdio.h>
#include <unistd.h>

#include <chrono>
#include <string>

namespace tslxc {
namespace {

constexpr off_t kMostBytes = 256 << 10;

// UTC, as ISO 8601 has it.
std::string now() {
  using namespace std::chrono;
  const auto time = floor<seconds>(system_clock::now());
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[32];
  snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
           static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
           static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace

void KeeperLog::append(std::string_view event, std::string_view said) const {
  if (lseek(descriptor_, 0, SEEK_END) > kMostBytes && ftruncate(descriptor_, 0) == -1) return;
  while (said.starts_with('\n')) said.remove_prefix(1);
  std::string text = now() + " " + std::string(event) + "\n" + std::string(said);
  if (text.back() != '\n') text += '\n';
  if (write(descriptor_, text.data(), text.size()) == -1)
    return;  // there is no one to report it to
}

}  // namespace tslxc
