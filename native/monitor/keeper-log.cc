#include "native/monitor/keeper-log.h"

#include <unistd.h>

#include <chrono>
#include <string>

#include "native/monitor/utc-time.h"

namespace tslxc {
namespace {

constexpr off_t kMostBytes = 256 << 10;

std::string now() {
  using namespace std::chrono;
  return UtcTime(floor<seconds>(system_clock::now().time_since_epoch())).text();
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
