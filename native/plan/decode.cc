#include "native/plan/decode.h"

namespace tslxc {
namespace {

std::vector<Operation> operations(Reader& reader) {
  const uint32_t count = reader.count(1);
  std::vector<Operation> all;
  all.reserve(count);
  for (uint32_t i = 0; i < count; ++i) all.push_back(decodeOperation(reader));
  return all;
}

}  // namespace

Plan decodePlan(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.u32() != kPlanVersion) throw MalformedBytes{"a plan of another version"};
  Plan plan;
  decode(reader, plan.header);
  plan.outside = operations(reader);
  plan.mapped = operations(reader);
  plan.again = operations(reader);
  plan.inside = operations(reader);
  reader.expectEnd();
  return plan;
}

CommandPlan decodeCommandPlan(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.u32() != kCommandPlanVersion) throw MalformedBytes{"a plan of another version"};
  CommandPlan plan;
  decode(reader, plan.header);
  plan.outside = operations(reader);
  plan.inside = operations(reader);
  plan.command = operations(reader);
  reader.expectEnd();
  return plan;
}

FittingPlan decodeFittingPlan(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.u32() != kFittingPlanVersion) throw MalformedBytes{"a plan of another version"};
  FittingPlan plan;
  decode(reader, plan.header);
  plan.outside = operations(reader);
  plan.inside = operations(reader);
  plan.attached = operations(reader);
  reader.expectEnd();
  return plan;
}

std::vector<Operation> decodeOperations(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<Operation> all = operations(reader);
  reader.expectEnd();
  return all;
}

}  // namespace tslxc
