#include "native/base/oom-kills.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "native/base/file.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Of v2, and of v1: lines of a name and a number (cgroup-v2.rst; memcg_oom_control of v1).
constexpr std::array<const char*, 2> kCounters{"/memory.events", "/memory.oom_control"};
constexpr std::string_view kName = "oom_kill ";

uint64_t numberIn(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.substr(0, kName.size()) != kName) continue;
    uint64_t number = 0;
    std::from_chars(line.data() + kName.size(), line.data() + line.size(), number);
    return number;
  }
  return 0;
}

}  // namespace

std::optional<uint64_t> countOomKills(const std::vector<std::string>& cgroups) {
  uint64_t count = 0;
  for (const std::string& cgroup : cgroups) {
    for (const char* counter : kCounters) {
      try {
        const std::optional<std::string> text = readFileIfThere(cgroup + counter);
        if (text) count += numberIn(*text);
      } catch (const SyscallError&) {
        return {};
      }
    }
  }
  return count;
}

}  // namespace tslxc
