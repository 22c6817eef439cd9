#include "native/monitor/console-log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

// A monitor that is just ending may hold the lock of its log for a moment longer.
constexpr int kLockAttempts = 20;
constexpr int kPause = 10;

// Another process with write access to the folder may make the file first, once or now and then.
constexpr int kMakeAttempts = 3;

// Returns 0 or an errno, EWOULDBLOCK when another open file description has the lock; 0 also on a
// file system without locks.
int tryLock(int file) {
  if (retry([=] { return flock(file, LOCK_EX | LOCK_NB); }) == 0) return 0;
  const bool isWithoutLocks = errno == ENOSYS || errno == EOPNOTSUPP || errno == ENOLCK;
  return isWithoutLocks ? 0 : errno;
}

}  // namespace

ConsoleLog::ConsoleLog(Settings settings) : settings_(std::move(settings)) {
  if (settings_.keepsTimes) times_.emplace(settings_.directory.get(), settings_.file);
}

void ConsoleLog::prepare(Beginning beginning, std::string path) {
  path_ = std::move(path);
  beginning_ = beginning;
  if (beginning == Beginning::anew) {
    claimFormer();
    // Fails on a read-only file system, for example.
    check(faccessat(settings_.directory.get(), ".", W_OK, 0), "faccessat", path_);
    return;
  }
  const int error = openFile(O_CREAT);
  if (error != 0) throw SyscallError{error, "openat", path_};
  claim();
}

void ConsoleLog::begin() {
  if (beginning_ == Beginning::behind) return;
  int error = EEXIST;
  for (int attempt = 0; error == EEXIST && attempt < kMakeAttempts; ++attempt) {
    if (!file_.valid()) claimFormer();
    // Its lock is held until the new file is locked.
    const Fd former = std::move(file_);
    removeFile("");
    for (const std::string& ending : settings_.old) removeFile(ending);
    error = openFile(O_CREAT | O_EXCL);
  }
  if (error != 0) throw SyscallError{error, "openat", path_};
  claim();
}

uint64_t ConsoleLog::backlog(const OutputRing& output) const {
  return settings_.directory.valid() ? output.end() - position_ : 0;
}

void ConsoleLog::write(const OutputRing& output) {
  if (position_ < output.oldest()) {
    lost_ += output.oldest() - position_;
    position_ = output.oldest();
  }
  while (position_ < output.end()) {
    const size_t kept = append(output.from(position_, output.capacity()));
    if (kept == 0) {
      lost_ += output.end() - position_;
      position_ = output.end();
      return;
    }
    position_ += kept;
  }
}

void ConsoleLog::letGo() {
  hasLetGo_ = true;
  if (file_.valid()) flock(file_.get(), LOCK_UN);
}

size_t ConsoleLog::append(std::string_view bytes) {
  if (!file_.valid() && makeFile() != 0) return 0;
  if (lost_ > 0 && !tellOfLoss()) return 0;
  if (size_ >= settings_.mostBytes && !rotate()) return 0;
  const size_t room = std::min(bytes.size(), static_cast<size_t>(settings_.mostBytes - size_));
  if (times_) times_->note(file_.get(), room);
  const ssize_t size = retry([&] { return ::write(file_.get(), bytes.data(), room); });
  if (size <= 0) return 0;
  size_ += static_cast<uint64_t>(size);
  return static_cast<size_t>(size);
}

// O_NONBLOCK in case it is no regular file: opening a device may block.
int ConsoleLog::openFile(int creation) {
  constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Fd file(openat(settings_.directory.get(), settings_.file.c_str(), kFlags | creation, 0600));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) == -1) return errno;
  if (!S_ISREG(status.st_mode)) return EINVAL;
  size_ = static_cast<uint64_t>(status.st_size);
  file_ = std::move(file);
  // A running container goes on without the lock if another process has taken it.
  if (!hasLetGo_) static_cast<void>(tryLock(file_.get()));
  return 0;
}

// In the vacated place, another process with write access to the folder could have made a link to a
// file that must not be written to. Whatever it has made is put aside like a full file.
int ConsoleLog::makeFile() {
  if (!vacated_) return openFile(O_CREAT);
  int error = openFile(O_CREAT | O_EXCL);
  // The existing file may be the next start's.
  if (hasLetGo_) return error;
  for (int more = 1; error == EEXIST && more < kMakeAttempts && putAside() == 0; ++more) {
    error = openFile(O_CREAT | O_EXCL);
  }
  return error;
}

void ConsoleLog::claimFormer() {
  const int error = openFile(0);
  if (error == ENOENT) return;
  if (error != 0) throw SyscallError{error, "openat", path_};
  claim();
}

void ConsoleLog::claim() const {
  int error = tryLock(file_.get());
  for (int attempt = 1; error == EWOULDBLOCK && attempt < kLockAttempts; ++attempt) {
    poll(nullptr, 0, kPause);
    error = tryLock(file_.get());
  }
  if (error != 0 && error != EWOULDBLOCK) throw SyscallError{error, "flock", path_};
  // A file that no longer has its name was put aside by the monitor that held it until then.
  if (error != 0 || !isNamed()) throw SyscallError{EBUSY, "flock", path_};
}

bool ConsoleLog::isNamed() const {
  struct stat opened{};
  struct stat named{};
  if (fstat(file_.get(), &opened) == -1) return false;
  const int directory = settings_.directory.get();
  const char* name = settings_.file.c_str();
  if (fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == -1) return false;
  return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

void ConsoleLog::removeFile(const std::string& ending) {
  const std::string name = settings_.file + ending;
  const std::string path = path_ + ending;
  const int directory = settings_.directory.get();
  struct stat status{};
  const int found = fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW);
  if (found == -1 && errno == ENOENT) return;
  check(found, "fstatat", path);
  if (!S_ISREG(status.st_mode)) return;
  const int removed = unlinkat(directory, name.c_str(), 0);
  if (removed == -1 && errno != ENOENT) check(removed, "unlinkat", path);
}

bool ConsoleLog::rotate() {
  struct stat status{};
  // Another process may have truncated it.
  if (fstat(file_.get(), &status) == 0) size_ = static_cast<uint64_t>(status.st_size);
  if (size_ < settings_.mostBytes) return true;
  // The file of that name may be the next start's by now.
  if (hasLetGo_ && !(tryLock(file_.get()) == 0 && isNamed())) return false;
  // Fails, for example, in another user's folder, or with a mount point or a directory in the way.
  if (putAside() != 0) return keepYoungerHalf();
  // Its lock is held until the new file is locked.
  const Fd full = std::move(file_);
  vacated_ = true;
  return makeFile() == 0 && size_ < settings_.mostBytes;
}

int ConsoleLog::putAside() {
  const int directory = settings_.directory.get();
  std::string younger = settings_.file;
  std::vector<std::pair<std::string, std::string>> moves;
  for (const std::string& ending : settings_.old) {
    std::string older = settings_.file + ending;
    moves.emplace_back(younger, older);
    younger = std::move(older);
  }
  // The oldest first. Another process may have moved any of them.
  for (auto move = moves.rbegin(); move != moves.rend(); ++move) {
    const int moved = renameat(directory, move->first.c_str(), directory, move->second.c_str());
    if (moved == -1 && errno != ENOENT) return errno;
  }
  if (times_) putTimesAside();
  return 0;
}

void ConsoleLog::putTimesAside() {
  const int directory = settings_.directory.get();
  times_->leave();
  for (size_t older = settings_.old.size(); older > 0; --older) {
    const std::string younger = older > 1 ? settings_.old[older - 2] : "";
    const std::string from = LineTimes::nameOf(settings_.file + younger);
    const std::string to = LineTimes::nameOf(settings_.file + settings_.old[older - 1]);
    renameat(directory, from.c_str(), directory, to.c_str());
  }
}

bool ConsoleLog::keepYoungerHalf() {
  std::string half(static_cast<size_t>(settings_.mostBytes / 2), '\0');
  const off_t from = static_cast<off_t>(size_ - half.size());
  const ssize_t kept = retry([&] { return pread(file_.get(), half.data(), half.size(), from); });
  if (times_) times_->forget();
  if (kept < 0 || ftruncate(file_.get(), 0) == -1) return false;
  size_ = 0;
  const ssize_t written =
      retry([&] { return ::write(file_.get(), half.data(), static_cast<size_t>(kept)); });
  if (written > 0) size_ = static_cast<uint64_t>(written);
  return true;
}

bool ConsoleLog::tellOfLoss() {
  if (size_ >= settings_.mostBytes && !rotate()) return false;
  const std::string line =
      "\n[tslxc: " + std::to_string(lost_) + " bytes of output could not be kept]\n";
  if (times_) times_->note(file_.get(), line.size());
  const ssize_t size = retry([&] { return ::write(file_.get(), line.data(), line.size()); });
  if (size <= 0) return false;
  size_ += static_cast<uint64_t>(size);
  lost_ = 0;
  return true;
}

}  // namespace tslxc
