#include "native/base/netlink.h"

#include <linux/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <vector>

#include "native/base/syscall.h"
#include "native/base/thread.h"

namespace tslxc {
namespace {

int openSocket() { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE); }

// The input and the result of the thread below.
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

// A socket belongs to the namespace of the thread that makes it, so a thread of its own enters the
// namespace, makes the socket and ends.
Fd openSocketIn(int network) {
  if (network == -1) return Fd(check(openSocket(), "socket", "netlink"));
  Opening opening{network};
  pthread_join(startThread(openInNamespace, &opening), nullptr);
  if (opening.fd == -1) throw SyscallError{opening.error, opening.call, "network namespace"};
  return Fd(opening.fd);
}

struct Answer {
  nlmsghdr header{};
  std::string_view body;
};

std::string subjectOf(std::string_view subject, const Answer& answer) {
  std::string text(subject);
  if ((answer.header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return text;
  const bool isDump = answer.header.nlmsg_type == NLMSG_DONE;
  const NetlinkAttributes attributes(
      bytesAfter(answer.body, isDump ? sizeof(int) : sizeof(nlmsgerr)));
  const std::string words = attributes.text(NLMSGERR_ATTR_MSG);
  if (words.empty()) return text;
  return text.empty() ? words : text.append(": ").append(words);
}

// Takes the first message off `bytes`.
Answer nextAnswer(std::string_view& bytes, const char* call, std::string_view subject) {
  const auto header = structOf<nlmsghdr>(bytes);
  if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > bytes.size()) {
    throw SyscallError{EBADMSG, call, std::string(subject)};
  }
  const Answer answer{header, bytesAfter(bytes.substr(0, header.nlmsg_len), NLMSG_HDRLEN)};
  bytes = bytesAfter(bytes, NLMSG_ALIGN(header.nlmsg_len));
  return answer;
}

// The errno that an acknowledgement or the end of a dump brings; 0 for success. EBADMSG for a
// number that is no errno: the kernel's are negative, and small (MAX_ERRNO of linux/err.h).
int errorOf(const Answer& answer) {
  constexpr int kLargest = 4095;
  const auto said = structOf<int>(answer.body);
  return said <= 0 && said >= -kLargest ? -said : EBADMSG;
}

}  // namespace

RouteSocket::RouteSocket(int network) : socket_(openSocketIn(network)) {
  const int on = 1;  // Linux 4.12; without it errors have no text
  setsockopt(socket_.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(socket_.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
}

// Unlike RTM_GETLINK it takes no lock, and the answer is small.
int RouteSocket::indexOf(const std::string& name) const {
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) {
    throw SyscallError{ENODEV, "SIOCGIFINDEX", name};
  }
  name.copy(request.ifr_name, name.size());
  check(ioctl(socket_.get(), SIOCGIFINDEX, &request), "SIOCGIFINDEX", name);
  return request.ifr_ifindex;
}

std::optional<int> RouteSocket::indexIfThere(const std::string& name) const try {
  return indexOf(name);
} catch (const SyscallError& cause) {
  if (cause.error != ENODEV) throw;
  return {};
}

void RouteSocket::request(NetlinkMessage message, const char* call, std::string_view subject) {
  exchange(std::move(message), call, subject, [](std::string_view) {});
}

void RouteSocket::listBodies(const NetlinkMessage& message, const char* call,
                             const std::function<void()>& restart, const Body& each) {
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    restart();
    if (exchange(message, call, {}, each)) return;
  }
  throw SyscallError{EAGAIN, call, {}};
}

bool RouteSocket::exchange(NetlinkMessage message, const char* call, std::string_view subject,
                           const Body& each) {
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
      // Both carry an errno: an acknowledgement is an error of 0, and so is the end of a dump.
      if (answer.header.nlmsg_type == NLMSG_ERROR || answer.header.nlmsg_type == NLMSG_DONE) {
        const int error = errorOf(answer);
        if (error == 0) return whole;
        throw SyscallError{error, call, subjectOf(subject, answer)};
      }
      each(answer.body);
    }
  }
}

}  // namespace tslxc
