// The kernel's settings of an interface.
#pragma once

#include <string>

namespace tslxc {

struct LinkParameter {
  std::string family;  // ipv4, ipv6
  std::string link;
  std::string parameter;
  std::string value;
};

// Writes /proc/sys/net/FAMILY/conf/LINK/PARAMETER, of the caller's network namespace. ENOENT when
// there is no such; EINVAL for what is no name.
void setLinkParameter(const LinkParameter& parameter);

}  // namespace tslxc
