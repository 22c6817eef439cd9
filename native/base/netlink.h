// rtnetlink(7): one request, one acknowledgement (or one dump). Sequence numbers are checked; the
// kernel's own words for a refusal (NLMSGERR_ATTR_MSG) are added to the subject of the error.
#pragma once

#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// A request about network interfaces while it is being written.
class LinkMessage {
 public:
  // RTM_…LINK and NLM_F_*; NLM_F_REQUEST is added.
  LinkMessage(uint16_t type, unsigned flags, const ifinfomsg& header);

  void text(uint16_t attribute, std::string_view value);
  void number(uint16_t attribute, uint32_t value);
  void bytes(uint16_t attribute, std::string_view value);

  // An attribute that holds what `fill` writes.
  template <typename Fill>
  void nest(uint16_t attribute, Fill fill) {
    const size_t start = begin(attribute);
    fill();
    end(start);
  }

  // Bytes inside a nested attribute that belong to no attribute (VETH_INFO_PEER begins with a
  // header).
  void header(const ifinfomsg& header);

  // With its length and a sequence number, ready to be sent.
  std::string_view finish(uint32_t sequence);

 private:
  size_t begin(uint16_t attribute);
  void end(size_t start);
  void pad();

  std::string buffer_;
};

// An interface as the kernel describes it.
struct LinkAttributes {
  ifinfomsg header{};
  std::map<uint16_t, std::string_view> attributes;

  std::string_view bytes(uint16_t attribute) const;
  std::string text(uint16_t attribute) const;
  uint32_t number(uint16_t attribute) const;
};

// The attributes in `bytes`, by type. Stops at one whose length is wrong.
std::map<uint16_t, std::string_view> parseAttributes(std::string_view bytes);

class RouteSocket {
 public:
  // In the network namespace `network`, or in the caller's when it is -1.
  explicit RouteSocket(int network);

  // `call` names the request in errors (RTM_NEWLINK …), `subject` its object.
  void request(LinkMessage message, const char* call, std::string_view subject);
  // Every interface of the answer; their views end with the call of `each`.
  // False when the kernel's list changed while it was read (NLM_F_DUMP_INTR): it may be wrong.
  bool read(LinkMessage message, const char* call, std::string_view subject,
            const std::function<void(const LinkAttributes&)>& each);

 private:
  Fd socket_;
  uint32_t sequence_ = 0;
};

}  // namespace tslxc
