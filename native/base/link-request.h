// How a new network interface is described to the kernel: RTM_NEWLINK.
#pragma once

#include <linux/rtnetlink.h>

#include "native/base/link.h"
#include "native/base/netlink.h"

namespace tslxc {

// For the interface with this index, or with 0 for one that does not exist yet.
ifinfomsg linkHeader(int index);

NetlinkMessage newLinkMessage(const RouteSocket& socket, const NewLink& link);

}  // namespace tslxc
