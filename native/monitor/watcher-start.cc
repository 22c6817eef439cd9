#include "native/monitor/watcher-start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "native/base/clone.h"
#include "native/base/kernel-names.h"
#include "native/base/lock.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

using std::chrono::milliseconds;

// By then a monitor of a host that shuts down has been told to end, too. Doubled with each attempt
// that no watcher has followed.
constexpr milliseconds kFirstPause{1000};
constexpr milliseconds kLongestPause{64'000};
// By then the watcher has said that it is there, unless the caller died before it asked for one, or
// could start none.
constexpr milliseconds kFirstWait{10'000};
// Between two starts by the monitors of one root: seconds. A watcher that can't live is not started
// by one monitor after the other.
constexpr time_t kLeast = 5;

// The descriptor that the watcher finds the lock at (lib/driver/health/watcher-lock.ts).
constexpr int kLock = 3;

// Nothing is ever written to the file of the locks: the time of its last change is that of the last
// start. A clock that was set back delays none.
bool isTooSoon(int locks) {
  struct stat status{};
  timespec now{};
  if (fstat(locks, &status) == -1 || clock_gettime(CLOCK_REALTIME, &now) == -1) return false;
  const time_t since = now.tv_sec - status.st_mtim.tv_sec;
  return since >= 0 && since < kLeast;
}

}  // namespace

WatcherStart::WatcherStart(const PlanHeader& header, const ReapProgram& program)
    : program_(program),
      argv_(header.watchArgv),
      locks_(header.watchLocks),
      byte_(static_cast<off_t>(header.watchByte)),
      pause_(kFirstPause) {
  if (!argv_.empty()) at_ = Clock::now() + kFirstWait;
}

void WatcherStart::arrived() {
  ++watchers_;
  hasCome_ = true;
  at_.reset();
  pause_ = kFirstPause;
}

void WatcherStart::left() {
  if (--watchers_ == 0 && !argv_.empty()) at_ = Clock::now() + pause_;
}

std::optional<int> WatcherStart::due() const {
  if (!at_) return {};
  const auto left = std::chrono::ceil<milliseconds>(*at_ - Clock::now());
  return static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
}

void WatcherStart::startIfDue(EventLoop& loop) {
  if (!at_ || Clock::now() < *at_) return;
  pause_ = std::min(pause_ * 2, kLongestPause);
  at_ = Clock::now() + pause_;
  if (last_ != nullptr && !last_->over()) return;
  try {
    if (last_ != nullptr) loop.remove(*last_);
    last_.reset();
    Child child = cloneProcess(0, -1);
    if (child.pid == 0) startHere();
    last_ = std::make_unique<Farewell>(std::move(child.pidfd));
    loop.add(*last_);
  } catch (const SyscallError&) {
    // No process could be made: the next attempt is due.
  }
}

// Holds nothing of the monitor's: neither its lock nor its clients.
void WatcherStart::startHere() const {
  try {
    const Fd locks(check(open(locks_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC), "open", locks_));
    if (isTooSoon(locks.get())) _exit(0);
    // One that runs, but never came here, may not know of this container: it is told of it by a
    // process without the lock.
    if (!tryByte(locks.get(), byte_) && hasCome_) _exit(0);
    futimens(locks.get(), nullptr);
    setsid();
    dup2(locks.get(), kLock);
    check(syscall(SYS_close_range, kLock + 1, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
    const int null = check(open("/dev/null", O_RDWR | O_CLOEXEC), "open", "/dev/null");
    for (int fd = 0; fd < kLock; ++fd) dup2(null, fd);
    program_.execute(argv_, "TSLXC_HEALTH_LOCK=" + std::to_string(kLock));
  } catch (const SyscallError&) {
  }
  _exit(1);
}

}  // namespace tslxc
