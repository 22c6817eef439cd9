#include "native/base/netlink.h"

#include <sched.h>
#include <sys/socket.h>

#include <array>

#include "native/base/syscall.h"
#include "native/base/thread.h"

namespace tslxc {
namespace {

template <typename Struct>
std::string_view bytesOf(const Struct& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// A copy of the front of `bytes`, zeros where they are too short.
template <typename Struct>
Struct structOf(std::string_view bytes) {
  Struct value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

std::string_view after(std::string_view bytes, size_t size) {
  bytes.remove_prefix(std::min(bytes.size(), size));
  return bytes;
}

int openSocket() { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE); }

// What the thread below is told, and what it answers.
struct Opening {
  int network;
  int fd = -1;
  int error = 0;
  const char* call = "setns";
};

void* openInNamespace(void* data) {
  Opening& opening = *static_cast<Opening*>(data);
  if (setns(opening.network, CLONE_NEWNET) == 0) {
    opening.call = "socket";
    opening.fd = openSocket();
  }
  opening.error = errno;
  return nullptr;
}

// A socket belongs to the namespace of the thread that makes it: the only one that enters it, and
// which ends with that.
Fd openSocketIn(int network) {
  if (network == -1) return Fd(check(openSocket(), "socket", "netlink"));
  Opening opening{network};
  pthread_join(startThread(openInNamespace, &opening), nullptr);
  if (opening.fd == -1) throw SyscallError{opening.error, opening.call, "network namespace"};
  return Fd(opening.fd);
}

std::string subjectOf(std::string_view subject, std::string_view answer, bool capped) {
  std::string text(subject);
  if (!capped) return text;
  const auto attributes = parseAttributes(after(answer, sizeof(nlmsgerr)));
  const auto message = attributes.find(NLMSGERR_ATTR_MSG);
  if (message == attributes.end()) return text;
  const std::string_view words = message->second;
  return text.append(": ").append(words.substr(0, words.find('\0')));
}

struct Answer {
  nlmsghdr header{};
  std::string_view body;
};

// Takes the first message off `bytes`.
Answer nextAnswer(std::string_view& bytes, const char* call, std::string_view subject) {
  const auto header = structOf<nlmsghdr>(bytes);
  if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > bytes.size()) {
    throw SyscallError{EBADMSG, call, std::string(subject)};
  }
  const Answer answer{header, after(bytes.substr(0, header.nlmsg_len), NLMSG_HDRLEN)};
  bytes = after(bytes, NLMSG_ALIGN(header.nlmsg_len));
  return answer;
}

}  // namespace

LinkMessage::LinkMessage(uint16_t type, unsigned flags, const ifinfomsg& header) {
  nlmsghdr start{};
  start.nlmsg_type = type;
  start.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  buffer_.append(bytesOf(start));
  this->header(header);
}

void LinkMessage::text(uint16_t attribute, std::string_view value) {
  bytes(attribute, std::string(value).append(1, '\0'));
}

void LinkMessage::number(uint16_t attribute, uint32_t value) { bytes(attribute, bytesOf(value)); }

void LinkMessage::bytes(uint16_t attribute, std::string_view value) {
  nest(attribute, [&] { buffer_.append(value); });
}

void LinkMessage::header(const ifinfomsg& header) {
  buffer_.append(bytesOf(header));
  pad();
}

std::string_view LinkMessage::finish(uint32_t sequence) {
  auto start = structOf<nlmsghdr>(buffer_);
  start.nlmsg_len = static_cast<uint32_t>(buffer_.size());
  start.nlmsg_seq = sequence;
  std::memcpy(buffer_.data(), &start, sizeof start);
  return buffer_;
}

size_t LinkMessage::begin(uint16_t attribute) {
  const size_t start = buffer_.size();
  rtattr head{};
  head.rta_type = attribute;
  buffer_.append(bytesOf(head));
  return start;
}

void LinkMessage::end(size_t start) {
  const size_t length = buffer_.size() - start;
  if (length > UINT16_MAX) throw SyscallError{EMSGSIZE, "sendto", "netlink"};
  const auto small = static_cast<uint16_t>(length);
  std::memcpy(buffer_.data() + start + offsetof(rtattr, rta_len), &small, sizeof small);
  pad();
}

void LinkMessage::pad() { buffer_.resize(RTA_ALIGN(buffer_.size()), '\0'); }

std::string_view LinkAttributes::bytes(uint16_t attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? std::string_view() : found->second;
}

std::string LinkAttributes::text(uint16_t attribute) const {
  const std::string_view value = bytes(attribute);
  return std::string(value.substr(0, value.find('\0')));
}

uint32_t LinkAttributes::number(uint16_t attribute) const {
  return structOf<uint32_t>(bytes(attribute));
}

std::map<uint16_t, std::string_view> parseAttributes(std::string_view bytes) {
  std::map<uint16_t, std::string_view> attributes;
  while (bytes.size() >= sizeof(rtattr)) {
    const auto head = structOf<rtattr>(bytes);
    if (head.rta_len < sizeof(rtattr) || head.rta_len > bytes.size()) break;
    const auto type = static_cast<uint16_t>(head.rta_type & NLA_TYPE_MASK);
    attributes.insert_or_assign(type, bytes.substr(RTA_LENGTH(0), head.rta_len - RTA_LENGTH(0)));
    bytes = after(bytes, RTA_ALIGN(head.rta_len));
  }
  return attributes;
}

RouteSocket::RouteSocket(int network) : socket_(openSocketIn(network)) {
  const int on = 1;  // Linux 4.12; without it errors have no words
  setsockopt(socket_.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(socket_.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
}

void RouteSocket::request(LinkMessage message, const char* call, std::string_view subject) {
  read(std::move(message), call, subject, [](const LinkAttributes&) {});
}

bool RouteSocket::read(LinkMessage message, const char* call, std::string_view subject,
                       const std::function<void(const LinkAttributes&)>& each) {
  const std::string_view bytes = message.finish(++sequence_);
  check(retry([&] { return send(socket_.get(), bytes.data(), bytes.size(), 0); }), "send",
        "netlink");
  std::vector<char> buffer(32 << 10);  // the kernel's own limit for one message of a dump
  bool whole = true;
  for (;;) {
    const ssize_t size =
        check(retry([&] { return recv(socket_.get(), buffer.data(), buffer.size(), MSG_TRUNC); }),
              "recv", "netlink");
    if (static_cast<size_t>(size) > buffer.size()) throw SyscallError{EMSGSIZE, "recv", "netlink"};
    std::string_view rest(buffer.data(), static_cast<size_t>(size));
    while (!rest.empty()) {
      const Answer answer = nextAnswer(rest, call, subject);
      if (answer.header.nlmsg_seq != sequence_) continue;
      if ((answer.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) whole = false;
      // Both end with the errno: an acknowledgement is an error of 0, and so is the end of a dump.
      if (answer.header.nlmsg_type == NLMSG_ERROR || answer.header.nlmsg_type == NLMSG_DONE) {
        const int error = -structOf<int>(answer.body);
        if (error == 0) return whole;
        const bool worded = (answer.header.nlmsg_flags & NLM_F_ACK_TLVS) != 0;
        throw SyscallError{error, call, subjectOf(subject, answer.body, worded)};
      }
      each({structOf<ifinfomsg>(answer.body),
            parseAttributes(after(answer.body, NLMSG_ALIGN(sizeof(ifinfomsg))))});
    }
  }
}

}  // namespace tslxc
