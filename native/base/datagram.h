// One datagram to a local socket, as sd_notify(3) sends it.
#pragma once

#include <string>
#include <string_view>

namespace tslxc {

// `path` is a socket in the file system, or an abstract one when it begins with `@`. Doesn't wait:
// a full queue is EAGAIN.
void sendDatagram(const std::string& path, std::string_view text);

}  // namespace tslxc
