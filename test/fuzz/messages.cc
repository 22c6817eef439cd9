// The frame reader and the decoders of messages. The first byte says how the stream is split, and
// whether it is a socket's or a pipe's; the rest is the stream. Wherever it is split it gives the
// same frames, which are found here once more by hand; and a message is refused, or understood to
// its last byte.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <vector>

#include "native/base/message.h"
#include "test/fuzz/targets.h"
#include "test/native/message-kinds.h"
#include "test/native/refusal.h"

namespace tslxc::fuzz {
namespace {

constexpr uint8_t kByPipe = 0x80;
enum class Way { socket, pipe };
constexpr uint32_t kLongest = kLargestClientFrame;

struct Cut {
  std::vector<std::string> frames;
  bool refused = false;

  bool operator==(const Cut&) const = default;
};

Cut cutByHand(std::string_view stream) {
  Cut cut;
  while (stream.size() >= sizeof(uint32_t)) {
    const uint32_t length = Reader(stream).u32();
    cut.refused = length == 0 || length > kLongest;
    if (cut.refused || stream.size() - sizeof length < length) return cut;
    cut.frames.emplace_back(stream.substr(0, sizeof length + length));
    stream.remove_prefix(sizeof length + length);
  }
  return cut;
}

std::string frameAgain(const RawMessage& message) {
  Writer frame;
  frame.u32(static_cast<uint32_t>(message.body.size() + 1));
  frame.u8(message.kind);
  frame.bytes(message.body);
  return frame.finish();
}

// Two connected ends: the first is read from.
std::array<Fd, 2> connect(Way way) {
  std::array<int, 2> ends;
  if (way == Way::pipe) {
    check(pipe2(ends.data(), O_CLOEXEC), "pipe2");
  } else {
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

Cut cutByReader(std::string_view stream, size_t chunk, Way way) {
  const std::array<Fd, 2> ends = connect(way);
  FrameReader reader(kLongest);
  Cut cut;
  while (!stream.empty()) {
    const std::string_view part = stream.substr(0, chunk);
    check(write(ends[1].get(), part.data(), part.size()), "write");
    stream.remove_prefix(part.size());
    const int end = ends[0].get();
    const auto result = way == Way::pipe ? reader.readPipe(end) : reader.read(end);
    assert(result == FrameReader::Result::some);
    try {
      while (const std::optional<RawMessage> message = reader.next()) {
        cut.frames.push_back(frameAgain(*message));
      }
    } catch (const MalformedBytes&) {
      cut.refused = true;
      return cut;
    }
  }
  return cut;
}

void readFields(const std::string& frame) {
  static const std::map<uint8_t, test::Kind> kinds = test::everyKind();
  RawMessage raw;
  raw.kind = static_cast<uint8_t>(frame.at(sizeof(uint32_t)));
  raw.body = frame.substr(sizeof(uint32_t) + 1);
  const auto kind = kinds.find(raw.kind);
  if (kind == kinds.end()) return;
  test::isMalformed([&] { assert(kind->second.again(raw) == frame); });
}

}  // namespace

void messages(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto split = static_cast<uint8_t>(bytes.front());
  const Way way = (split & kByPipe) != 0 ? Way::pipe : Way::socket;
  const size_t chunk = 1 + static_cast<size_t>(split & ~kByPipe) * 4;
  const std::string_view stream = bytes.substr(1);
  const Cut cut = cutByHand(stream);
  assert(cutByReader(stream, chunk, way) == cut);
  for (const std::string& frame : cut.frames) readFields(frame);
}

}  // namespace tslxc::fuzz
