// Messages on sockets: frames on a stream (length, kind, fields), packets with descriptors on
// SEQPACKET. End-of-file is an answer of its own, never a success.
#pragma once

#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"
#include "native/base/messages.generated.h"
#include "native/base/syscall.h"

namespace tslxc {

// A message as it arrived: its kind, and the bytes of its fields.
struct RawMessage {
  uint8_t kind = 0;
  std::string body;
  std::vector<Fd> descriptors;
};

// Reads the fields of a message whose kind was tested. Throws MalformedBytes.
template <typename Message>
Message fieldsOf(const RawMessage& raw) {
  Reader reader(raw.body);
  Message message;
  decode(reader, message);
  reader.expectEnd();
  return message;
}

// The header of a frame with this many bytes of fields.
template <typename Message>
std::string headerOf(size_t bytes) {
  Writer header;
  header.u32(static_cast<uint32_t>(bytes + 1));
  header.u8(Message::kKind);
  return header.finish();
}

template <typename Message>
std::string frameOf(const Message& message) {
  Writer fields;
  encode(fields, message);
  return headerOf<Message>(fields.finish().size()) + fields.finish();
}

// Cuts a stream into messages.
class FrameReader {
 public:
  // `longest` is the limit of a frame's length, without the bytes that say how long it is.
  explicit FrameReader(uint32_t longest = kLargestFrame) : longest_(longest) {}

  // Reads what is there once. `ended` at end-of-file or when the peer is gone; `later` when nothing
  // is there, or it can't be read now.
  enum class Result { some, later, ended };
  Result read(int socket);

  // The same for a pipe, which poll(2) has found readable.
  Result readPipe(int pipe);

  // The next whole message, if one has arrived. Throws MalformedBytes for a frame that is too long.
  std::optional<RawMessage> next();

 private:
  Result add(const char* chunk, ssize_t size);

  uint32_t longest_;
  std::string bytes_;
};

// Sends all of it, waiting while the peer's buffer is full, at most `milliseconds`. False when it
// could not.
bool sendAll(int socket, std::string_view bytes, int milliseconds);

template <typename Message>
bool sendFrame(int socket, const Message& message, int milliseconds = 2000) {
  return sendAll(socket, frameOf(message), milliseconds);
}

// Writes to a non-blocking pipe: all of the frame or nothing, since it is shorter than PIPE_BUF.
// Throws SyscallError.
template <typename Message>
void writeFrame(int pipe, const Message& message) {
  const std::string frame = frameOf(message);
  check(retry([&] { return write(pipe, frame.data(), frame.size()); }), "write", "a pipe");
}

// One packet with descriptors (SCM_RIGHTS). Throws SyscallError.
void sendPacket(int socket, std::string_view packet, const std::vector<int>& descriptors);

template <typename Message>
void sendMessage(int socket, const Message& message, const std::vector<int>& descriptors = {}) {
  Writer packet;
  packet.u8(Message::kKind);
  encode(packet, message);
  sendPacket(socket, packet.finish(), descriptors);
}

// The next packet; nothing once the other end is closed. Waits on a blocking socket. Throws
// SyscallError.
std::optional<RawMessage> receiveMessage(int socket);

// The same, for whom an error is not the end of the other one: `later` when nothing can be received
// now, as for lack of memory.
enum class Received { message, ended, later };
Received tryReceive(int socket, RawMessage& message);

}  // namespace tslxc
