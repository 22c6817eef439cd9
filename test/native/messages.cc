// Frames that lib/container/monitor/frames.ts has written, one of every kind, are read by the
// generated decoders and written again byte for byte; shorter and longer ones are refused.
// Argument: the folder of the fixtures.
#include <map>
#include <vector>

#include "native/base/message.h"
#include "test/native/message-kinds.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

RawMessage withBody(const RawMessage& raw, std::string body) {
  RawMessage changed;
  changed.kind = raw.kind;
  changed.body = std::move(body);
  return changed;
}

void checkMessage(const RawMessage& raw, const std::string& frame, const Kind& kind) {
  assert(kind.again(raw) == frame);
  if (kind.tail == Tail::open) return;
  assert(isMalformed([&] { kind.again(withBody(raw, raw.body + '\0')); }));
  for (size_t length = 0; length < raw.body.size(); ++length) {
    assert(isMalformed([&] { kind.again(withBody(raw, raw.body.substr(0, length))); }));
  }
}

// The file is frames one after another.
std::vector<std::string> framesIn(std::string_view bytes) {
  std::vector<std::string> frames;
  while (!bytes.empty()) {
    const size_t size = sizeof(uint32_t) + Reader(bytes).u32();
    frames.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return frames;
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc;
  using namespace tslxc::test;
  const std::vector<std::string> frames = framesIn(contentOf(std::string(argv[1]) + "/frames"));
  std::map<uint8_t, Kind> unseen = everyKind();
  for (const std::string& frame : frames) {
    RawMessage raw;
    raw.kind = static_cast<uint8_t>(frame.at(4));
    raw.body = frame.substr(5);
    checkMessage(raw, frame, everyKind().at(raw.kind));
    unseen.erase(raw.kind);
  }
  assert(unseen.empty());
}
