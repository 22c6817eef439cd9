#include "native/monitor/looker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "native/base/file.h"
#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/path.h"
#include "native/base/xattr.h"
#include "native/monitor/beginning.h"
#include "native/monitor/stage-zero.h"

namespace tslxc {
namespace {

// How long the caller may take to read an answer, in milliseconds.
constexpr int kPatience = 60'000;

// Opens what may be a fifo or a device without blocking, and never as a controlling terminal.
// openat2(2) does not take these flags together with O_PATH.
constexpr int kHarmless = O_RDONLY | O_NONBLOCK | O_NOCTTY;

Fd openPath(const LookMessage& look, int flags) {
  const int all = flags | O_CLOEXEC;
  if (look.root.empty()) return Fd(check(open(look.path.c_str(), all), "open", look.path));
  const Fd root(
      check(open(look.root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open", look.root));
  return openInRoot(root.get(), look.path, all);
}

struct stat stateOf(const LookMessage& look) {
  struct stat state{};
  if (look.root.empty()) {
    check(stat(look.path.c_str(), &state), "stat", look.path);
  } else {
    const Fd file = openPath(look, O_PATH);
    check(fstat(file.get(), &state), "fstat", look.path);
  }
  return state;
}

SeenMessage describe(const struct stat& state) {
  SeenMessage seen;
  seen.mode = state.st_mode;
  seen.uid = state.st_uid;
  seen.gid = state.st_gid;
  seen.size = static_cast<uint64_t>(state.st_size);
  seen.device = state.st_dev;
  seen.inode = state.st_ino;
  seen.node = state.st_rdev;
  return seen;
}

SeenMessage describe(const Fd& file, const std::string& path) {
  struct stat state{};
  check(fstat(file.get(), &state), "fstat", path);
  return describe(state);
}

std::string contentOf(int file, off_t from, size_t most) {
  std::string bytes(most, '\0');
  size_t size = 0;
  while (size < most) {
    const off_t at = from + static_cast<off_t>(size);
    const ssize_t count =
        check(retry([&] { return pread(file, bytes.data() + size, most - size, at); }), "read");
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

SeenMessage seeContent(const LookMessage& look) {
  const Fd file = openPath(look, kHarmless);
  SeenMessage seen = describe(file, look.path);
  if (S_ISDIR(seen.mode)) throw SyscallError{EISDIR, "read", look.path};
  if (S_ISREG(seen.mode) || S_ISBLK(seen.mode)) {
    seen.bytes = contentOf(file.get(), look.from, std::min(look.most, kLargestFrame / 2));
  }
  return seen;
}

SeenMessage seeRealPath(const LookMessage& look) {
  char* const found = realpath(look.path.c_str(), nullptr);
  if (found == nullptr) throw SyscallError{errno, "realpath", look.path};
  const std::unique_ptr<char, decltype(&free)> real(found, free);
  SeenMessage seen = describe(stateOf(look));
  seen.bytes = real.get();
  return seen;
}

SeenMessage seeMount(const LookMessage& look) {
  const Fd file = openPath(look, O_PATH);
  SeenMessage seen = describe(file, look.path);
  seen.bytes = readFile("/proc/self/fdinfo/" + std::to_string(file.get()));
  return seen;
}

SeenMessage seeAttribute(const LookMessage& look) {
  const Fd file = openPath(look, kHarmless | O_NOFOLLOW);
  SeenMessage seen = describe(file, look.path);
  const std::optional<std::string> value = getXattr(file.get(), look.detail);
  if (!value) throw SyscallError{ENODATA, "fgetxattr", look.path};
  seen.bytes = *value;
  return seen;
}

SeenMessage see(const LookMessage& look) {
  switch (static_cast<LookKind>(look.lookKind)) {
    case LookKind::kState:
      return describe(stateOf(look));
    case LookKind::kContent:
      return seeContent(look);
    case LookKind::kRealPath:
      return seeRealPath(look);
    case LookKind::kMount:
      return seeMount(look);
    case LookKind::kAttribute:
      return seeAttribute(look);
  }
  throw SyscallError{EINVAL, "look", look.path};
}

SeenMessage answer(const LookMessage& look) {
  try {
    return see(look);
  } catch (const SyscallError& cause) {
    SeenMessage seen;
    seen.error = static_cast<uint32_t>(cause.error);
    seen.syscall = cause.syscall;
    return seen;
  }
}

RawMessage receive(int channel, FrameReader& inbox) {
  for (;;) {
    if (std::optional<RawMessage> message = inbox.next()) return std::move(*message);
    pollfd readable{channel, POLLIN, 0};
    retry([&] { return poll(&readable, 1, -1); });
    if (inbox.read(channel) == FrameReader::Result::ended) throw CallerGone{};
  }
}

}  // namespace

bool isLooker(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "look") == 0; }

int lookAtPaths() {
  becomeMonitor(0);
  try {
    becomeQuiet("tslxc-look");
    FrameReader inbox;
    for (;;) {
      const RawMessage message = receive(kChannel, inbox);
      if (message.kind != LookMessage::kKind) return 1;
      if (!sendFrame(kChannel, answer(fieldsOf<LookMessage>(message)), kPatience)) return 1;
    }
  } catch (const SyscallError&) {
    return 1;
  } catch (const MalformedBytes&) {
    return 1;
  } catch (const CallerGone&) {
    return 0;
  }
}

}  // namespace tslxc
