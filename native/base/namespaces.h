// namespaces(7) of another process, by its folder in /proc.
#pragma once

#include <sys/types.h>

#include <string>

#include "native/base/fd.h"

namespace tslxc {

// Writes the lines of /proc/PID/uid_map and gid_map, each in one write, as the kernel demands.
void mapIds(pid_t pid, const std::string& uidMap, const std::string& gidMap);

// /proc/PID/ns/user, as mount_setattr(2) with MOUNT_ATTR_IDMAP takes it.
Fd openUserNamespace(pid_t pid);

Fd openNetworkNamespace(pid_t pid);

}  // namespace tslxc
