// rtnetlink(7): one request, one acknowledgement (or one dump). Sequence numbers are checked; the
// kernel's own words for a refusal (NLMSGERR_ATTR_MSG) are added to the subject of the error.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "native/base/fd.h"
#include "native/base/netlink-message.h"

namespace tslxc {

class RouteSocket {
 public:
  // In the network namespace `network`, or in the caller's when it is -1.
  explicit RouteSocket(int network);

  // The index of an interface: ENODEV when there is none of that name.
  int indexOf(const std::string& name) const;
  // Nothing when there is none of that name.
  std::optional<int> indexIfThere(const std::string& name) const;

  // `call` names the request in errors (RTM_NEWLINK …), `subject` its object.
  void request(NetlinkMessage message, const char* call, std::string_view subject);

  // Everything that the kernel lists for `message`, a request with NLM_F_DUMP; each with the header
  // of its type. The attributes are views that are valid only during the call of `each`. `restart`
  // is called first, and again when the kernel's list changed while it was read.
  template <typename Header>
  void list(const NetlinkMessage& message, const char* call, const std::function<void()>& restart,
            const std::function<void(const Header&, const NetlinkAttributes&)>& each) {
    listBodies(message, call, restart, [&](std::string_view body) {
      each(structOf<Header>(body),
           NetlinkAttributes(bytesAfter(body, NLMSG_ALIGN(sizeof(Header)))));
    });
  }

 private:
  using Body = std::function<void(std::string_view)>;

  void listBodies(const NetlinkMessage& message, const char* call,
                  const std::function<void()>& restart, const Body& each);
  // False when the kernel's list changed while it was read (NLM_F_DUMP_INTR): it may be wrong.
  bool exchange(NetlinkMessage message, const char* call, std::string_view subject,
                const Body& each);

  Fd socket_;
  uint32_t sequence_ = 0;
};

}  // namespace tslxc
