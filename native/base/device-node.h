// Device nodes in the /dev of a running container. Its root user may have put anything in the way,
// so nodes are made and removed only in a tmpfs that is mounted nowhere on the host: the
// container's own.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>

namespace tslxc {

// The devices of all file systems that are mounted in this process's mount namespace.
std::set<dev_t> mountedDevices();

struct DeviceNode {
  std::string path;  // below /dev
  mode_t type = 0;   // S_IFCHR or S_IFBLK
  dev_t device = 0;
};

struct NodeOwner {
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Makes the node in the /dev of `root`, and the folders that it is in. `foreign` are the devices of
// file systems in which nothing may be made: EXDEV. The umask has to be 0.
void addNode(int root, const DeviceNode& node, const NodeOwner& owner,
             const std::set<dev_t>& foreign);

// Removes the node if it is there, and is this device.
void removeNode(int root, const DeviceNode& node, const std::set<dev_t>& foreign);

}  // namespace tslxc
