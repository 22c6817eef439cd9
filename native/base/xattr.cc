#include "native/base/xattr.h"

#include <sys/xattr.h>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

std::string linkOf(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

// The f… calls refuse O_PATH descriptors (EBADF); the calls by the link in /proc don't. A number
// that is no descriptor has no link: then EBADF was the right answer.
template <typename ByDescriptor, typename ByLink>
auto either(ByDescriptor byDescriptor, ByLink byLink) {
  const auto result = byDescriptor();
  if (result != -1 || errno != EBADF) return result;
  const auto second = byLink();
  if (second == -1 && errno == ENOENT) errno = EBADF;
  return second;
}

// Reads something of unknown size: asks for the size, then for the content, again if it grew in
// between.
template <typename Read>
ssize_t readAll(std::string& buffer, Read read) {
  for (;;) {
    buffer.clear();
    const ssize_t size = read(buffer);
    if (size <= 0) return size;
    buffer.resize(static_cast<size_t>(size));
    const ssize_t count = read(buffer);
    if (count == -1 && errno == ERANGE) continue;
    if (count >= 0) buffer.resize(static_cast<size_t>(count));
    return count;
  }
}

ssize_t readXattr(int fd, const std::string& name, std::string& value) {
  const std::string link = linkOf(fd);
  return readAll(value, [&](std::string& buffer) {
    return either(
        [&] { return fgetxattr(fd, name.c_str(), buffer.data(), buffer.size()); },
        [&] { return getxattr(link.c_str(), name.c_str(), buffer.data(), buffer.size()); });
  });
}

}  // namespace

std::optional<std::string> getXattr(int fd, const std::string& name) {
  std::string value;
  const ssize_t size = readXattr(fd, name, value);
  if (size == -1 && errno == ENODATA) return std::nullopt;
  check(size, "fgetxattr", name);
  return value;
}

std::optional<std::string> getXattrIfKept(int fd, const std::string& name) {
  std::string value;
  const ssize_t size = readXattr(fd, name, value);
  if (size == -1 && (errno == ENODATA || errno == ENOTSUP)) return std::nullopt;
  check(size, "fgetxattr", name);
  return value;
}

void setXattr(int fd, const std::string& name, std::string_view value) {
  const std::string link = linkOf(fd);
  check(either([&] { return fsetxattr(fd, name.c_str(), value.data(), value.size(), 0); },
               [&] { return setxattr(link.c_str(), name.c_str(), value.data(), value.size(), 0); }),
        "fsetxattr", name);
}

void removeXattr(int fd, const std::string& name) {
  const std::string link = linkOf(fd);
  check(either([&] { return fremovexattr(fd, name.c_str()); },
               [&] { return removexattr(link.c_str(), name.c_str()); }),
        "fremovexattr", name);
}

std::vector<std::string> listXattrs(int fd) {
  const std::string link = linkOf(fd);
  std::string all;
  const ssize_t size = readAll(all, [&](std::string& buffer) {
    return either([&] { return flistxattr(fd, buffer.data(), buffer.size()); },
                  [&] { return listxattr(link.c_str(), buffer.data(), buffer.size()); });
  });
  if (size == -1 && errno == ENOTSUP) return {};
  check(size, "flistxattr");
  // Each ends with NUL.
  std::vector<std::string> names;
  for (size_t at = 0; at < all.size();) {
    names.emplace_back(all.c_str() + at);
    at += names.back().size() + 1;
  }
  return names;
}

}  // namespace tslxc
