// How a new network interface is described to the kernel: RTM_NEWLINK.
#pragma once

#include <linux/rtnetlink.h>

#include "native/base/link.h"
#include "native/base/netlink.h"

namespace tslxc {

// Of an interface by its index, or of none yet.
ifinfomsg linkHeader(int index);

NetlinkMessage newLinkMessage(const RouteSocket& socket, const NewLink& link);

}  // namespace tslxc
