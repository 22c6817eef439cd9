#include "native/monitor/reaper-turn.h"

#include <fcntl.h>
#include <time.h>

#include <chrono>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

constexpr off_t kNow = 0;
constexpr off_t kNext = 1;

// A reaper that takes longer hangs, for example on a dead file system: then two may look at once.
constexpr std::chrono::seconds kPatience{30};
constexpr timespec kPause{0, 10'000'000};

enum class Change { done, held, failed };

// Locks the byte (F_WRLCK) or releases it (F_UNLCK). `held` when another process holds it.
Change change(const Fd& file, off_t byte, short kind) {
  flock lock{};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  if (retry([&] { return fcntl(file.get(), F_OFD_SETLK, &lock); }) == 0) return Change::done;
  return errno == EAGAIN || errno == EACCES ? Change::held : Change::failed;
}

}  // namespace

std::optional<ReaperTurn> ReaperTurn::await(int runDirectory) {
  // From run/tslxc/lxc/NAME, as long as that exists. The reaper inherits the file, so it is not
  // closed on exec.
  Fd file(openat(runDirectory, "../../reaper.lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return ReaperTurn(Fd());
  }
  const Change next = change(file, kNext, F_WRLCK);
  if (next == Change::held) return std::nullopt;
  if (next == Change::failed) return ReaperTurn(Fd());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (change(file, kNow, F_WRLCK) == Change::held &&
         std::chrono::steady_clock::now() < deadline) {
    nanosleep(&kPause, nullptr);
  }
  change(file, kNext, F_UNLCK);
  return ReaperTurn(std::move(file));
}

std::optional<std::string> ReaperTurn::variable() const {
  if (!lock_.valid()) return {};
  return "TSLXC_REAPER_LOCK=" + std::to_string(lock_.get());
}

}  // namespace tslxc
