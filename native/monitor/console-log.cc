#include "native/monitor/console-log.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "native/base/syscall.h"

namespace tslxc {

ConsoleLog::ConsoleLog(Settings settings) : settings_(std::move(settings)) {}

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
  if (!file_.valid() && !openFile()) return 0;
  if (lost_ > 0 && !tellOfLoss()) return 0;
  if (size_ >= settings_.mostBytes && !rotate()) return 0;
  const size_t room = std::min(bytes.size(), static_cast<size_t>(settings_.mostBytes - size_));
  const ssize_t size = retry([&] { return ::write(file_.get(), bytes.data(), room); });
  if (size <= 0) return 0;
  size_ += static_cast<uint64_t>(size);
  return static_cast<size_t>(size);
}

// O_NONBLOCK for what is no file: opening a pipe would wait for its reader.
bool ConsoleLog::openFile() {
  Fd file(openat(settings_.directory.get(), settings_.file.c_str(),
                 O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) == -1 || !S_ISREG(status.st_mode)) return false;
  size_ = static_cast<uint64_t>(status.st_size);
  file_ = std::move(file);
  return true;
}

bool ConsoleLog::rotate() {
  struct stat status{};
  // Another process may have truncated it.
  if (fstat(file_.get(), &status) == 0) size_ = static_cast<uint64_t>(status.st_size);
  if (size_ < settings_.mostBytes) return true;
  const std::string old = settings_.file + ".1";
  const int directory = settings_.directory.get();
  const int moved = renameat(directory, settings_.file.c_str(), directory, old.c_str());
  // Or moved it.
  if (moved == -1 && errno != ENOENT) return false;
  file_.reset();
  return openFile() && size_ < settings_.mostBytes;
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
