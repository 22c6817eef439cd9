#include "native/monitor/line-times.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <limits>
#include <utility>

#include "native/base/syscall.h"

namespace tslxc {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint64_t kFormat = 1;

// The file grows with the log, and by no more than this beyond it: short pieces get no record of
// their own then, but share that of the one before.
constexpr off_t kAhead = 64 * 1024;

template <typename Entry>
bool put(int file, const Entry& entry, off_t place) {
  const ssize_t size = retry([&] { return pwrite(file, &entry, sizeof entry, place); });
  return size == static_cast<ssize_t>(sizeof entry);
}

uint64_t now() {
  using namespace std::chrono;
  return static_cast<uint64_t>(floor<milliseconds>(system_clock::now().time_since_epoch()).count());
}

}  // namespace

void LineTimes::note(int log, size_t bytes) {
  struct stat status{};
  if (fstat(log, &status) == -1) return;
  if (!open_.valid() && !begin(status.st_ino)) return;
  if (status.st_size > std::numeric_limits<uint32_t>::max()) return;
  const off_t end = this->end();
  // Another process may have emptied it.
  if (end < static_cast<off_t>(sizeof(Header))) return leave();
  const Record record{static_cast<uint32_t>(status.st_size), static_cast<uint32_t>(bytes), now()};
  const bool isLast = place_ > 0 && end == place_ + static_cast<off_t>(sizeof last_);
  // A piece that could not be written is tried again, and one that was cut short is gone on with.
  const bool isAgain = isLast && last_.position == record.position;
  const bool isBehind = isLast && last_.position + last_.bytes == record.position;
  if (end > status.st_size + kAhead && !isAgain) {
    if (!isBehind) return;
    Record longer = last_;
    longer.bytes += record.bytes;
    if (put(open_.get(), longer, place_)) last_ = longer;
    return;
  }
  const off_t place = isAgain ? place_ : end;
  if (!put(open_.get(), record, place)) return;
  last_ = record;
  place_ = place;
}

void LineTimes::forget() {
  if (open_.valid()) static_cast<void>(ftruncate(open_.get(), 0));
  leave();
}

bool LineTimes::begin(ino_t log) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Fd file(openat(directory_, file_.c_str(), kFlags, 0600));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) == -1 || !S_ISREG(status.st_mode)) return false;
  const Header wanted{kFormat, static_cast<uint64_t>(log)};
  Header found{};
  const ssize_t size = retry([&] { return pread(file.get(), &found, sizeof found, 0); });
  const bool isOurs = size == static_cast<ssize_t>(sizeof found) && found.format == kFormat &&
                      found.inode == wanted.inode;
  if (!isOurs && (ftruncate(file.get(), 0) == -1 || !put(file.get(), wanted, 0))) return false;
  open_ = std::move(file);
  place_ = 0;
  return true;
}

// A record that was not written whole is written over.
off_t LineTimes::end() const {
  struct stat status{};
  if (fstat(open_.get(), &status) == -1) return -1;
  return status.st_size - status.st_size % static_cast<off_t>(sizeof(Record));
}

}  // namespace tslxc
