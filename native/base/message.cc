#include "native/base/message.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <array>

namespace tslxc {
namespace {

// As many as the kernel allows in one message (SCM_MAX_FD).
constexpr size_t kMostDescriptors = 253;
constexpr size_t kLongestPacket = 8 * 1024;
// Milliseconds until what failed for lack of memory, for example, is tried again.
constexpr int kPause = 1;

int64_t nowMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1'000'000;
}

}  // namespace

FrameReader::Result FrameReader::read(int socket) {
  std::array<char, 16 * 1024> chunk;
  return add(chunk.data(),
             retry([&] { return recv(socket, chunk.data(), chunk.size(), MSG_DONTWAIT); }));
}

FrameReader::Result FrameReader::readPipe(int pipe) {
  std::array<char, 4 * 1024> chunk;
  return add(chunk.data(), retry([&] { return ::read(pipe, chunk.data(), chunk.size()); }));
}

FrameReader::Result FrameReader::add(const char* chunk, ssize_t size) {
  if (size > 0) {
    bytes_.append(chunk, static_cast<size_t>(size));
    return Result::some;
  }
  // No other error says that the peer is gone: a lack of memory passes.
  return size == 0 || errno == ECONNRESET ? Result::ended : Result::later;
}

std::optional<RawMessage> FrameReader::next() {
  uint32_t length;
  if (bytes_.size() < sizeof length) return {};
  std::memcpy(&length, bytes_.data(), sizeof length);
  if (length == 0 || length > longest_) throw MalformedBytes{"a frame of the wrong length"};
  if (bytes_.size() < sizeof length + length) return {};
  RawMessage message;
  message.kind = static_cast<uint8_t>(bytes_[sizeof length]);
  message.body = bytes_.substr(sizeof length + 1, length - 1);
  bytes_.erase(0, sizeof length + length);
  if (bytes_.empty()) bytes_.shrink_to_fit();
  return message;
}

bool sendAll(int socket, std::string_view bytes, int milliseconds) {
  const int64_t until = nowMilliseconds() + milliseconds;
  while (!bytes.empty()) {
    const ssize_t sent = retry(
        [&] { return send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT); });
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    const int64_t left = until - nowMilliseconds();
    if (errno == EPIPE || errno == ECONNRESET || left <= 0) return false;
    const bool full = errno == EAGAIN;
    pollfd writable{socket, POLLOUT, 0};
    poll(&writable, full ? 1 : 0, full ? static_cast<int>(left) : kPause);
  }
  return true;
}

void sendPacket(int socket, std::string_view packet, const std::vector<int>& descriptors) {
  if (descriptors.size() > kMostDescriptors) throw SyscallError{EINVAL, "sendmsg", ""};
  iovec part{const_cast<char*>(packet.data()), packet.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  if (!descriptors.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * descriptors.size());
  }
  check(retry([&] { return sendmsg(socket, &header, MSG_NOSIGNAL); }), "sendmsg");
}

std::optional<RawMessage> receiveMessage(int socket) {
  std::string packet(kLongestPacket, '\0');
  iovec part{packet.data(), packet.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostDescriptors)> control{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t size = retry([&] { return recvmsg(socket, &header, MSG_CMSG_CLOEXEC); });
  // The peer has ended without reading all that was sent to it.
  if (size == -1 && errno == ECONNRESET) return {};
  if (check(size, "recvmsg") == 0) return {};
  RawMessage message;
  message.kind = static_cast<uint8_t>(packet[0]);
  message.body = packet.substr(1, static_cast<size_t>(size) - 1);
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(item) + i * sizeof(int), sizeof fd);
      message.descriptors.emplace_back(fd);
    }
  }
  return message;
}

Received tryReceive(int socket, RawMessage& message) {
  try {
    std::optional<RawMessage> next = receiveMessage(socket);
    if (!next) return Received::ended;
    message = std::move(*next);
    return Received::message;
  } catch (const SyscallError&) {
    return Received::later;
  }
}

}  // namespace tslxc
