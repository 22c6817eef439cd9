// Extended attributes by descriptor (xattr(7)). O_PATH descriptors work too: a symbolic link, a
// socket or a device node can be labelled without being opened.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tslxc {

// Nothing when the file has no such attribute (ENODATA).
std::optional<std::string> getXattr(int fd, const std::string& name);
// The same, and nothing too when the file system has none at all (ENOTSUP).
std::optional<std::string> getXattrIfKept(int fd, const std::string& name);
void setXattr(int fd, const std::string& name, std::string_view value);
void removeXattr(int fd, const std::string& name);

// The names of all; none where the file system keeps none.
std::vector<std::string> listXattrs(int fd);

}  // namespace tslxc
