// FrameReader cuts a stream into messages wherever it is split, and refuses frames of a wrong
// length.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>

#include "native/base/message.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

using Result = FrameReader::Result;

struct Ends {
  Fd ours;
  Fd theirs;
};

Ends socketPair(int type) {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

void put(const Fd& socket, std::string_view bytes) {
  if (!bytes.empty()) assert(sendAll(socket.get(), bytes, 1000));
}

const std::string kStream = frameOf(HelloMessage{7}) + frameOf(OwnMessage{}) +
                            frameOf(OutputMessage{"bytes\0and more"}) +
                            frameOf(RunningMessage{5, {"/dev/pts/1", ""}});
constexpr size_t kMessages = 4;

void messagesArriveWhereverTheStreamIsSplit() {
  for (size_t split = 0; split <= kStream.size(); ++split) {
    const Ends ends = socketPair(SOCK_STREAM);
    FrameReader reader;
    std::string again;
    size_t messages = 0;
    const auto take = [&] {
      while (const std::optional<RawMessage> message = reader.next()) {
        Writer frame;
        frame.u32(static_cast<uint32_t>(message->body.size() + 1));
        frame.u8(message->kind);
        frame.bytes(message->body);
        again += frame.finish();
        ++messages;
      }
    };
    for (const std::string& part : {kStream.substr(0, split), kStream.substr(split)}) {
      put(ends.theirs, part);
      assert(reader.read(ends.ours.get()) == (part.empty() ? Result::later : Result::some));
      take();
    }
    assert(messages == kMessages && again == kStream);
  }
}

void messagesArriveByteByByte() {
  const Ends ends = socketPair(SOCK_STREAM);
  FrameReader reader;
  size_t messages = 0;
  for (const char byte : kStream) {
    put(ends.theirs, {&byte, 1});
    assert(reader.read(ends.ours.get()) == Result::some);
    while (reader.next()) ++messages;
  }
  assert(messages == kMessages);
}

void aWrongLengthIsRefused() {
  for (const uint32_t length : {0U, kLargestFrame + 1, 0x80000000U, 0xffffffffU}) {
    const Ends ends = socketPair(SOCK_STREAM);
    Writer frame;
    frame.u32(length);
    put(ends.theirs, frame.finish());
    FrameReader reader;
    assert(reader.read(ends.ours.get()) == Result::some);
    assert(isMalformed([&] { reader.next(); }));
  }
}

void theLargestFrameIsNotRefused() {
  const Ends ends = socketPair(SOCK_STREAM);
  Writer frame;
  frame.u32(kLargestFrame);
  frame.u8(OutputMessage::kKind);
  put(ends.theirs, frame.finish());
  FrameReader reader;
  assert(reader.read(ends.ours.get()) == Result::some);
  assert(!reader.next());
}

void theEndIsNoMessage() {
  Ends ends = socketPair(SOCK_STREAM);
  put(ends.theirs, std::string_view(kStream).substr(0, 3));
  ends.theirs.reset();
  FrameReader reader;
  assert(reader.read(ends.ours.get()) == Result::some);
  assert(!reader.next());
  assert(reader.read(ends.ours.get()) == Result::ended);
  assert(!reader.next());
}

void aFullPeerIsWaitedForNoLongerThanAsked() {
  const Ends ends = socketPair(SOCK_STREAM);
  assert(!sendAll(ends.theirs.get(), std::string(8 << 20, 'x'), 20));
  Ends closed = socketPair(SOCK_STREAM);
  closed.ours.reset();
  assert(!sendAll(closed.theirs.get(), "x", 1000));
}

void packetsBringTheirDescriptors() {
  Ends ends = socketPair(SOCK_SEQPACKET);
  constexpr size_t kMost = 253;
  std::vector<int> many(kMost, ends.ours.get());
  sendMessage(ends.theirs.get(), ReadyMessage{}, many);
  sendMessage(ends.theirs.get(), ExecutingMessage{});
  ends.theirs.reset();
  const std::optional<RawMessage> ready = receiveMessage(ends.ours.get());
  assert(ready && ready->kind == ReadyMessage::kKind && ready->descriptors.size() == kMost);
  for (const Fd& fd : ready->descriptors) {
    assert((fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
  const std::optional<RawMessage> executing = receiveMessage(ends.ours.get());
  assert(executing && executing->kind == ExecutingMessage::kKind && executing->descriptors.empty());
  assert(!receiveMessage(ends.ours.get()));
}

void moreDescriptorsThanAPacketHasRoomForAreRefused() {
  const Ends ends = socketPair(SOCK_SEQPACKET);
  const std::vector<int> tooMany(254, ends.ours.get());
  try {
    sendMessage(ends.theirs.get(), ReadyMessage{}, tooMany);
    assert(false);
  } catch (const SyscallError& cause) {
    assert(cause.error == EINVAL);
  }
}

}  // namespace
}  // namespace tslxc::test

int main() {
  using namespace tslxc::test;
  messagesArriveWhereverTheStreamIsSplit();
  messagesArriveByteByByte();
  aWrongLengthIsRefused();
  theLargestFrameIsNotRefused();
  theEndIsNoMessage();
  aFullPeerIsWaitedForNoLongerThanAsked();
  packetsBringTheirDescriptors();
  moreDescriptorsThanAPacketHasRoomForAreRefused();
}
