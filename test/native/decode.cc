// Plans that lib/plan/encode.ts has written are decoded to what they say; anything that is not
// exactly a plan is refused. Argument: the folder of the fixtures.
#include "native/plan/decode.h"

#include <array>
#include <cstring>

#include "test/native/reencode.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

constexpr size_t kOperations = std::variant_size_v<Operation>;

void everyPlanComesBackByteForByte(const std::string& folder) {
  for (const char* name : {"/smallest.plan", "/one-list.plan", "/every-operation.plan"}) {
    const std::string bytes = contentOf(folder + name);
    assert(PlanWriter().plan(decodePlan(bytes)) == bytes);
  }
}

void operationsCarryTheirNames(const std::string& folder) {
  const Plan plan = decodePlan(contentOf(folder + "/every-operation.plan"));
  std::string names;
  for (const Operation& operation : plan.inside)
    names += std::string(operationName(operation)) + "\n";
  assert(names == contentOf(folder + "/operations"));
  assert(plan.inside.size() == kOperations);
}

// Each operation stands in it once: the work grows with the square of its size.
void everyShorterPlanIsRefused(const std::string& bytes) {
  for (size_t length = 0; length < bytes.size(); ++length) {
    // A copy of exactly this size: a read past its end is the sanitizer's.
    const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));
    assert(isMalformed([&] { decodePlan({part.data(), part.size()}); }));
  }
}

void trailingBytesAreRefused(const std::string& bytes) {
  assert(isMalformed([&] { decodePlan(bytes + '\0'); }));
  assert(isMalformed([&] { decodePlan(bytes + bytes); }));
}

void anotherVersionIsRefused(std::string bytes) {
  ++bytes[0];
  assert(isMalformed([&] { decodePlan(bytes); }));
}

// The number that stands for an operation in the bytes: its position in the variant, from 1.
template <typename Wanted>
uint8_t opcodeOf() {
  return static_cast<uint8_t>(Operation(Wanted{}).index() + 1);
}

std::string operationList(std::string_view operation) {
  Writer writer;
  writer.u32(1);
  writer.bytes(operation);
  return writer.finish();
}

void unknownOpcodesAreRefused() {
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    const bool known = opcode >= 1 && opcode <= kOperations;
    Writer writer;
    writer.u8(static_cast<uint8_t>(opcode));
    // Zeros are a valid value of every field: the opcode alone is at fault, if anything is.
    bool accepted = false;
    for (size_t zeros = 0; zeros < 40; ++zeros) {
      const std::string bytes = operationList(writer.finish() + std::string(zeros, '\0'));
      accepted = accepted || !isMalformed([&] { decodeOperations(bytes); });
    }
    assert(accepted == known);
  }
}

void listsLongerThanTheirBytesAreRefused() {
  for (const uint32_t count : {2U, 256U, 0x10000U, 0x40000000U, 0x80000000U, 0xffffffffU}) {
    Writer operations;
    operations.u32(count);
    operations.u8(opcodeOf<MakeNamespacePrivate>());
    assert(isMalformed([&] { decodeOperations(operations.finish()); }));

    Writer groups;
    groups.u8(opcodeOf<SetIds>());
    groups.u32(0);
    groups.u32(0);
    groups.u32(count);
    groups.u32(0);
    assert(isMalformed([&] { decodeOperations(operationList(groups.finish())); }));

    Writer options;
    options.u8(opcodeOf<MakeFilesystem>());
    options.u32(0);
    options.string("tmpfs");
    options.u32(count);
    options.u32(0);
    assert(isMalformed([&] { decodeOperations(operationList(options.finish())); }));
  }
}

void choicesOutOfRangeAreRefused() {
  for (unsigned value = 0; value < 256; ++value) {
    Writer aside;
    aside.u8(opcodeOf<PutAside>());
    aside.u32(0);
    aside.string("/dev");
    aside.u8(static_cast<uint8_t>(value));
    assert(isMalformed([&] { decodeOperations(operationList(aside.finish())); }) == (value > 3));

    Writer clone;
    clone.u8(opcodeOf<CloneTree>());
    clone.u32(0);
    clone.u32(0);
    clone.string("sys");
    clone.u8(static_cast<uint8_t>(value));
    assert(isMalformed([&] { decodeOperations(operationList(clone.finish())); }) == (value > 1));
  }
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc::test;
  const std::string folder = argv[1];
  const std::string bytes = contentOf(folder + "/every-operation.plan");
  everyPlanComesBackByteForByte(folder);
  operationsCarryTheirNames(folder);
  everyShorterPlanIsRefused(contentOf(folder + "/one-list.plan"));
  trailingBytesAreRefused(bytes);
  anotherVersionIsRefused(bytes);
  unknownOpcodesAreRefused();
  listsLongerThanTheirBytesAreRefused();
  choicesOutOfRangeAreRefused();
}
