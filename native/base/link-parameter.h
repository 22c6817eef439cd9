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

// Writes /proc/sys/net/FAMILY/conf/LINK/PARAMETER in the caller's network namespace. ENOENT if
// there is no such file; EINVAL if one of the three is no plain name.
void setLinkParameter(const LinkParameter& parameter);

}  // namespace tslxc
