// The attendant of a command, whole: its caller says anything, and so does the inside of the
// container, whose root may be hostile. The first two bytes say how it is started, the rest is a
// script (attendant-world.h). It ends by itself, and a caller that stays hears exactly one end.
#include "native/monitor/attendant.h"

#include <string>

#include "native/base/message.h"
#include "native/monitor/beginning.h"
#include "native/plan/decode.h"
#include "test/fuzz/attendant-world.h"
#include "test/fuzz/targets.h"
#include "test/native/reencode.h"
#include "test/native/refusal.h"

namespace tslxc::fuzz {
namespace {

constexpr unsigned kTerminal = 1;
constexpr unsigned kLabel = 2;
constexpr unsigned kOtherTerminal = 4;
constexpr unsigned kNoPlan = 8;
constexpr unsigned kOtherCount = 16;

// What the caller says first: a plan, unless the script has everything.
std::string firstWords(unsigned how) {
  if ((how & kNoPlan) != 0) return {};
  CommandPlan plan;
  plan.header.deadline = 1000;
  plan.header.terminal = (how & kTerminal) != 0 ? 1 : 0;
  if ((how & kLabel) != 0) plan.header.labelAttribute = "current";
  return frameOf(PlanMessage{test::PlanWriter().commandPlan(plan)});
}

// A fuzzed plan names any file to write to: that must never be the product's own function here.
void requireReplacedFunctions() {
  static const bool done = [] {
    leaveCaller({"/proc/self/no such file"});
    return true;
  }();
  assert(done);
}

}  // namespace

void attendant(std::string_view bytes) {
  requireReplacedFunctions();
  Script script(bytes);
  const unsigned how = script.byte();
  const bool terminal = ((how & kTerminal) != 0) != ((how & kOtherTerminal) != 0);
  const int usual = terminal ? 2 : 4;
  const int count = (how & kOtherCount) != 0 ? script.byte() % 7 : usual;
  AttendantWorld world(script, firstWords(how));
  if (terminal) {
    world.passWithTerminal(count);
  } else {
    world.passDescriptors(count);
  }
  std::array<std::string, 6> words{"tslxc-monitor",       "exec",       "--descriptors",
                                   std::to_string(count), "--terminal", "0:24:80"};
  std::array<char*, 7> argv{};
  for (size_t i = 0; i < words.size(); ++i) argv[i] = words[i].data();
  attend(terminal ? 6 : 4, argv.data());
  world.takeDescriptorsBack();
  world.checkWords();
}

}  // namespace tslxc::fuzz
