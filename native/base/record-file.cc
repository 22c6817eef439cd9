#include "native/base/record-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "native/base/fd.h"
#include "native/base/lock.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

struct Opened {
  FoundKind kind = FoundKind::missing;
  Fd fd;
};

// What open(2) says of a path that leads to nothing, or to a link, a directory or a socket.
FoundKind kindOf(int error) {
  if (error == ENOENT || error == ENOTDIR) return FoundKind::missing;
  return FoundKind::other;
}

bool saysWhatIsThere(int error) {
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EISDIR || error == ENXIO;
}

Opened openPlain(const std::string& path, int access) {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  Fd fd(retry([&] { return open(path.c_str(), access | kFlags); }));
  if (!fd.valid() && saysWhatIsThere(errno)) return {kindOf(errno), Fd()};
  check(fd.get(), "open", path);
  struct stat state{};
  check(fstat(fd.get(), &state), "fstat", path);
  if (!S_ISREG(state.st_mode)) return {FoundKind::other, Fd()};
  return {FoundKind::file, std::move(fd)};
}

std::string readAll(int fd, const std::string& path) {
  std::string content;
  std::array<char, 4096> chunk;
  for (;;) {
    const ssize_t count =
        check(retry([&] { return read(fd, chunk.data(), chunk.size()); }), "read", path);
    if (count == 0) return content;
    content.append(chunk.data(), static_cast<size_t>(count));
    if (static_cast<size_t>(count) < chunk.size()) return content;
  }
}

void writeAll(int fd, std::string_view rest, const std::string& path) {
  while (!rest.empty()) {
    const ssize_t count =
        check(retry([&] { return write(fd, rest.data(), rest.size()); }), "write", path);
    rest.remove_prefix(static_cast<size_t>(count));
  }
}

// A path as its folder, opened, and its name there.
struct Place {
  Fd folder;
  std::string name;
};

// An invalid folder when there is none.
Place placeOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = path.substr(0, slash);
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(open(folder.c_str(), kFlags));
  if (!fd.valid() && errno != ENOENT) check(-1, "open", folder);
  return {std::move(fd), path.substr(slash + 1)};
}

int create(int folder, const std::string& name) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  return retry([&] { return openat(folder, name.c_str(), kFlags, 0600); });
}

// A file that exists is left from a writer that died, or was made by another program: it is
// removed, and never written to.
void makeIn(int folder, const std::string& name, std::string_view content,
            const std::string& path) {
  Fd file(create(folder, name));
  if (!file.valid() && errno == EEXIST) {
    check(unlinkat(folder, name.c_str(), 0), "unlink", path);
    file = Fd(create(folder, name));
  }
  check(file.get(), "open", path);
  try {
    writeAll(file.get(), content, path);
  } catch (const SyscallError&) {
    unlinkat(folder, name.c_str(), 0);
    throw;
  }
}

Fd openLog(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC;
  return Fd(check(retry([&] { return open(path.c_str(), kFlags, 0600); }), "open", path));
}

}  // namespace

FoundFile readRecord(const std::string& path) {
  const Opened opened = openPlain(path, O_RDONLY);
  if (opened.kind != FoundKind::file) return {opened.kind, {}};
  return {FoundKind::file, readAll(opened.fd.get(), path)};
}

FoundLock lookAtLock(const std::string& path, off_t offset) {
  const Opened opened = openPlain(path, O_RDONLY);
  if (opened.kind != FoundKind::file) return {opened.kind, false};
  return {FoundKind::file, isByteLocked(opened.fd.get(), offset)};
}

Made makeRecord(const std::string& path, std::string_view content) {
  const Place place = placeOf(path);
  if (!place.folder.valid()) return Made::noFolder;
  makeIn(place.folder.get(), place.name, content, path);
  return Made::done;
}

Made replaceRecord(const std::string& path, std::string_view content) {
  const Place place = placeOf(path);
  if (!place.folder.valid()) return Made::noFolder;
  const std::string temporary = place.name + ".new";
  const int folder = place.folder.get();
  makeIn(folder, temporary, content, path);
  if (renameat(folder, temporary.c_str(), folder, place.name.c_str()) == -1) {
    const int error = errno;
    unlinkat(folder, temporary.c_str(), 0);
    throw SyscallError{error, "rename", path};
  }
  return Made::done;
}

void appendLog(const std::string& path, std::string_view text, off_t most) {
  Fd log = openLog(path);
  struct stat state{};
  check(fstat(log.get(), &state), "fstat", path);
  if (state.st_size > most) {
    check(rename(path.c_str(), (path + ".1").c_str()), "rename", path);
    log = openLog(path);
  }
  writeAll(log.get(), text, path);
}

bool removeRecord(const std::string& path) {
  if (unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  check(-1, "unlink", path);
  return false;
}

}  // namespace tslxc
