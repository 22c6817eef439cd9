// Bytes → Plan. Refuses unknown opcodes, lists longer than their bytes and trailing bytes
// (MalformedBytes).
#pragma once

#include <string_view>
#include <vector>

#include "native/base/bytes.h"
#include "native/plan/operations.generated.h"

namespace tslxc {

struct Plan {
  PlanHeader header;
  std::vector<Operation> outside;
  std::vector<Operation> mapped;
  std::vector<Operation> again;
  std::vector<Operation> inside;
};

Plan decodePlan(std::string_view bytes);

// The plan of a command in a running container.
struct CommandPlan {
  CommandHeader header;
  std::vector<Operation> outside;
  std::vector<Operation> inside;
  std::vector<Operation> command;
};

CommandPlan decodeCommandPlan(std::string_view bytes);

// The plan that changes the devices of a running container.
struct FittingPlan {
  FittingHeader header;
  std::vector<Operation> outside;
  std::vector<Operation> inside;
  std::vector<Operation> attached;
};

FittingPlan decodeFittingPlan(std::string_view bytes);

// A bare list of operations.
std::vector<Operation> decodeOperations(std::string_view bytes);

// The name of an operation in the vocabulary (lib/plan/operation.ts).
const char* operationName(const Operation& operation);

// Generated: one operation, and the headers.
Operation decodeOperation(Reader& reader);
void decode(Reader& reader, PlanHeader& value);
void decode(Reader& reader, CommandHeader& value);
void decode(Reader& reader, FittingHeader& value);

}  // namespace tslxc
