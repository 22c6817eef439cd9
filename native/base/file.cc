#include "native/base/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// A file of a cgroup that is removed while it is open answers ENODEV.
bool isGone() { return errno == ENOENT || errno == ENODEV; }

// Null, or the name of the call that failed.
const char* tryRead(int directory, const char* path, std::string& content) {
  const Fd file(retry([&] { return openat(directory, path, O_RDONLY | O_CLOEXEC); }));
  if (!file.valid()) return "open";
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t count = retry([&] { return read(file.get(), chunk.data(), chunk.size()); });
    if (count == -1) return "read";
    if (count == 0) return nullptr;
    content.append(chunk.data(), static_cast<size_t>(count));
  }
}

const char* tryWrite(int directory, const char* path, std::string_view value) {
  const Fd file(retry([&] { return openat(directory, path, O_WRONLY | O_CLOEXEC); }));
  if (!file.valid()) return "open";
  const ssize_t count = retry([&] { return write(file.get(), value.data(), value.size()); });
  return count == -1 ? "write" : nullptr;
}

}  // namespace

Fd duplicate(int fd) { return Fd(check(fcntl(fd, F_DUPFD_CLOEXEC, 3), "fcntl")); }

bool fileExists(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return true;
  if (errno != ENOENT && errno != ENOTDIR) check(-1, "access", path);
  return false;
}

bool hasChanged(int fd) {
  pollfd entry{fd, POLLPRI, 0};
  check(retry([&] { return poll(&entry, 1, 0); }), "poll");
  if ((entry.revents & POLLNVAL) != 0) throw SyscallError{EBADF, "poll", {}};
  return (entry.revents & POLLPRI) != 0;
}

int tryIoctl(const std::string& path, unsigned command) {
  const Fd file(check(openat(AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC), "open", path));
  return ioctl(file.get(), command, nullptr) == -1 ? errno : 0;
}

std::string readFile(const std::string& path) {
  std::string content;
  if (const char* const failed = tryRead(AT_FDCWD, path.c_str(), content)) check(-1, failed, path);
  return content;
}

std::optional<std::string> readFileIfThere(const std::string& path) {
  return readFileIfThere(AT_FDCWD, path.c_str());
}

std::optional<std::string> readFileIfThere(int directory, const char* name) {
  std::string content;
  const char* const failed = tryRead(directory, name, content);
  if (failed != nullptr && isGone()) return std::nullopt;
  if (failed != nullptr) check(-1, failed, name);
  return content;
}

Fd openForWriting(const std::string& path) {
  return Fd(check(retry([&] { return openat(AT_FDCWD, path.c_str(), O_WRONLY | O_CLOEXEC); }),
                  "open", path));
}

void writeFile(const std::string& path, std::string_view value) {
  if (const char* const failed = tryWrite(AT_FDCWD, path.c_str(), value)) check(-1, failed, path);
}

bool writeFileIfThere(const std::string& path, std::string_view value) {
  return writeFileIfThere(AT_FDCWD, path.c_str(), value);
}

bool writeFileIfThere(int directory, const char* name, std::string_view value) {
  const char* const failed = tryWrite(directory, name, value);
  if (failed != nullptr && isGone()) return false;
  if (failed != nullptr) check(-1, failed, name);
  return true;
}

}  // namespace tslxc
