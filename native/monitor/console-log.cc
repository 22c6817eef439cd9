#include "native/monitor/console-log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "native/base/syscall.h"

namespace tslxc {

ConsoleLog::ConsoleLog(Settings settings) : settings_(std::move(settings)) {}

void ConsoleLog::begin(Beginning beginning, const std::string& path) {
  if (beginning == Beginning::anew) {
    removeFile(settings_.file);
    for (const std::string& ending : settings_.old) removeFile(settings_.file + ending);
  }
  const int error = openFile();
  if (error != 0) throw SyscallError{error, "openat", path};
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

size_t ConsoleLog::append(std::string_view bytes) {
  if (!file_.valid() && openFile() != 0) return 0;
  if (lost_ > 0 && !tellOfLoss()) return 0;
  if (size_ >= settings_.mostBytes && !rotate()) return 0;
  const size_t room = std::min(bytes.size(), static_cast<size_t>(settings_.mostBytes - size_));
  const ssize_t size = retry([&] { return ::write(file_.get(), bytes.data(), room); });
  if (size <= 0) return 0;
  size_ += static_cast<uint64_t>(size);
  return static_cast<size_t>(size);
}

// O_NONBLOCK for what is no file: opening a device may take its time.
int ConsoleLog::openFile() {
  Fd file(openat(settings_.directory.get(), settings_.file.c_str(),
                 O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) == -1) return errno;
  if (!S_ISREG(status.st_mode)) return EINVAL;
  size_ = static_cast<uint64_t>(status.st_size);
  file_ = std::move(file);
  return 0;
}

void ConsoleLog::removeFile(const std::string& name) {
  struct stat status{};
  const int directory = settings_.directory.get();
  if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == -1) return;
  if (S_ISREG(status.st_mode)) unlinkat(directory, name.c_str(), 0);
}

bool ConsoleLog::rotate() {
  struct stat status{};
  // Another process may have truncated it.
  if (fstat(file_.get(), &status) == 0) size_ = static_cast<uint64_t>(status.st_size);
  if (size_ < settings_.mostBytes) return true;
  // As in a folder of another user, or with a mount point or a directory in the place of one.
  if (putAside() != 0) return keepYoungerHalf();
  file_.reset();
  return openFile() == 0 && size_ < settings_.mostBytes;
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
  return 0;
}

bool ConsoleLog::keepYoungerHalf() {
  std::string half(static_cast<size_t>(settings_.mostBytes / 2), '\0');
  const off_t from = static_cast<off_t>(size_ - half.size());
  const ssize_t kept = retry([&] { return pread(file_.get(), half.data(), half.size(), from); });
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
  const ssize_t size = retry([&] { return ::write(file_.get(), line.data(), line.size()); });
  if (size <= 0) return false;
  size_ += static_cast<uint64_t>(size);
  lost_ = 0;
  return true;
}

}  // namespace tslxc
