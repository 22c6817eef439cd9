// The answers of rtnetlink: a kernel that says anything. The first byte says what is asked, the
// rest is datagrams, each after two bytes that say how long it is.
#include "native/base/netlink.h"

#include <sanitizer/asan_interface.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>

#include "native/base/ip-address.h"
#include "native/base/link-address.h"
#include "native/base/link-request.h"
#include "native/base/link.h"
#include "native/base/neighbour.h"
#include "native/base/route.h"
#include "test/fuzz/script.h"
#include "test/fuzz/targets.h"
#include "test/native/refusal.h"

namespace tslxc::fuzz {
namespace {

class Kernel {
 public:
  explicit Kernel(Script datagrams) : datagrams_(datagrams) {}

  // As recv(2) with MSG_TRUNC. What lies behind the datagram in the buffer must not be looked at.
  ssize_t answer(char* buffer, size_t size) {
    if (datagrams_.over()) {
      errno = ENOBUFS;
      return -1;
    }
    const size_t told = datagrams_.number();
    const std::string_view datagram = datagrams_.take(told);
    const size_t copied = std::min(datagram.size(), size);
    ASAN_UNPOISON_MEMORY_REGION(buffer, size);
    std::memcpy(buffer, datagram.data(), copied);
    ASAN_POISON_MEMORY_REGION(buffer + copied, size - copied);
    return static_cast<ssize_t>(told > size ? told : copied);
  }

 private:
  Script datagrams_;
};

Kernel* asked = nullptr;

void checkAddress(const std::string& address) {
  assert(address.empty() || parseIpAddress(address));
}

void checkText(const std::string& text) { assert(text.find('\0') == std::string::npos); }

void links() {
  for (const Link& link : listLinks(-1)) {
    for (const std::string* text : {&link.name, &link.kind}) checkText(*text);
    for (const std::string& name : link.alternativeNames) checkText(name);
    formatMacAddress(link.address);
  }
}

void addresses() {
  for (const LinkAddress& address : listAddresses(-1)) {
    checkAddress(address.address);
    checkAddress(address.peer);
  }
}

void routes() {
  for (const Route& route : listRoutes(-1)) {
    checkAddress(route.address);
    checkAddress(route.gateway);
    assert(!route.address.empty());
  }
}

void neighbours() {
  for (const Neighbour& neighbour : listNeighbours(-1)) {
    checkAddress(neighbour.address);
    formatMacAddress(neighbour.mac);
  }
}

void change() {
  RouteSocket(-1).request(NetlinkMessage(RTM_SETLINK, NLM_F_ACK, linkHeader(1)), "RTM_SETLINK",
                          "lo");
}

}  // namespace

void netlink(std::string_view bytes) {
  Script script(bytes);
  constexpr std::array<void (*)(), 5> kQuestions{links, addresses, routes, neighbours, change};
  const auto ask = kQuestions[script.byte() % kQuestions.size()];
  Kernel kernel(script);
  asked = &kernel;
  const int error = test::errorOf(ask);
  asked = nullptr;
  assert(error >= 0);
}

}  // namespace tslxc::fuzz

// Of the linker's --wrap: what the product calls, and what that was.
extern "C" {
ssize_t __real_send(int socket, const void* bytes, size_t size, int flags);
ssize_t __real_recv(int socket, void* buffer, size_t size, int flags);

ssize_t __wrap_send(int socket, const void* bytes, size_t size, int flags) {
  if (tslxc::fuzz::asked == nullptr) return __real_send(socket, bytes, size, flags);
  return static_cast<ssize_t>(size);
}

ssize_t __wrap_recv(int socket, void* buffer, size_t size, int flags) {
  if (tslxc::fuzz::asked == nullptr) return __real_recv(socket, buffer, size, flags);
  return tslxc::fuzz::asked->answer(static_cast<char*>(buffer), size);
}
}
