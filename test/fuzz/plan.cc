// The plan decoder: it refuses bytes, or understands all of them.
#include "native/plan/decode.h"
#include "test/fuzz/targets.h"
#include "test/native/reencode.h"
#include "test/native/refusal.h"

namespace tslxc::fuzz {

using test::isMalformed;
using test::PlanWriter;

void plan(std::string_view bytes) {
  isMalformed([&] { assert(PlanWriter().plan(decodePlan(bytes)) == bytes); });
  isMalformed([&] { assert(PlanWriter().commandPlan(decodeCommandPlan(bytes)) == bytes); });
  isMalformed([&] { assert(PlanWriter().list(decodeOperations(bytes)) == bytes); });
}

}  // namespace tslxc::fuzz
