// LineTimes: each byte of a log is covered by one record, in a file that is bounded by the log;
// what another process has put in the place of that file is left alone. Argument: an empty folder.
#include "native/monitor/line-times.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "native/base/syscall.h"

#undef NDEBUG
#include <cassert>

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

struct Header {
  uint64_t format;
  uint64_t inode;
};

struct Record {
  uint32_t position;
  uint32_t bytes;
  uint64_t milliseconds;
};

// A folder with a log and its times.
class Place {
 public:
  Place(const fs::path& top, const char* name) : path_(top / name) {
    fs::create_directory(path_);
    folder_ = Fd(check(open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open"));
    openLog();
  }

  LineTimes makeTimes() const { return LineTimes(folder_.get(), "log"); }

  void openLog() {
    constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
    log_ = Fd(check(open((path_ / "log").c_str(), kFlags, 0600), "open"));
  }

  // A piece of which so many bytes are written.
  void put(LineTimes& times, size_t bytes, size_t written) const {
    times.note(log_.get(), bytes);
    const std::string text(written, 'x');
    assert(::write(log_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void put(LineTimes& times, size_t bytes) const { put(times, bytes, bytes); }

  fs::path times() const { return path_ / "log.times"; }

  std::vector<Record> records() const {
    const std::string bytes = content();
    assert(bytes.size() >= sizeof(Header) && bytes.size() % sizeof(Record) == 0);
    Header header{};
    memcpy(&header, bytes.data(), sizeof header);
    struct stat status{};
    check(fstat(log_.get(), &status), "fstat");
    assert(header.format == 1 && header.inode == status.st_ino);
    std::vector<Record> records((bytes.size() - sizeof header) / sizeof(Record));
    memcpy(records.data(), bytes.data() + sizeof header, bytes.size() - sizeof header);
    return records;
  }

  std::string content() const {
    std::ifstream file(times(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path path_;
  Fd folder_;
  Fd log_;
};

void expect(const Record& record, uint32_t position, uint32_t bytes) {
  assert(record.position == position && record.bytes == bytes);
  constexpr uint64_t kYear2020 = 1'577'836'800'000;
  assert(record.milliseconds > kYear2020);
}

void eachPieceHasARecord(const fs::path& top) {
  const Place place(top, "pieces");
  LineTimes times = place.makeTimes();
  place.put(times, 3);
  place.put(times, 2);
  const auto records = place.records();
  assert(records.size() == 2);
  expect(records[0], 0, 3);
  expect(records[1], 3, 2);
  assert(records[0].milliseconds <= records[1].milliseconds);
}

void whatWasNotWrittenIsRecordedAnew(const fs::path& top) {
  const Place place(top, "short");
  LineTimes times = place.makeTimes();
  place.put(times, 100, 40);
  place.put(times, 60, 0);
  place.put(times, 60);
  const auto records = place.records();
  assert(records.size() == 2);
  expect(records[0], 0, 100);
  expect(records[1], 40, 60);
}

void manyShortPiecesShareRecords(const fs::path& top) {
  const Place place(top, "many");
  LineTimes times = place.makeTimes();
  constexpr uint32_t kPieces = 20'000;
  for (uint32_t piece = 0; piece < kPieces; ++piece) place.put(times, 1);
  assert(fs::file_size(place.times()) <= kPieces + 64 * 1024 + sizeof(Record));
  uint32_t covered = 0;
  for (const Record& record : place.records()) {
    assert(record.position == covered);
    covered += record.bytes;
  }
  assert(covered == kPieces);
}

void anotherMonitorsRecordsStay(const fs::path& top) {
  const Place place(top, "two");
  LineTimes one = place.makeTimes();
  LineTimes other = place.makeTimes();
  place.put(one, 1);
  place.put(other, 2);
  place.put(one, 3);
  const auto records = place.records();
  assert(records.size() == 3);
  expect(records[0], 0, 1);
  expect(records[1], 1, 2);
  expect(records[2], 3, 3);
}

void aNewLogHasNewTimes(const fs::path& top) {
  Place place(top, "rotated");
  LineTimes times = place.makeTimes();
  place.put(times, 3);
  // The former file of times stays where it is, as when it could not be renamed.
  fs::rename(place.times().parent_path() / "log", place.times().parent_path() / "log.1");
  place.openLog();
  times.leave();
  place.put(times, 5);
  const auto records = place.records();
  assert(records.size() == 1);
  expect(records[0], 0, 5);
}

void aMovedContentHasNone(const fs::path& top) {
  const Place place(top, "moved");
  LineTimes times = place.makeTimes();
  place.put(times, 3);
  times.forget();
  assert(place.content().empty());
  place.put(times, 5);
  const auto records = place.records();
  assert(records.size() == 1);
  expect(records[0], 3, 5);
}

void anEmptiedFileIsBegunAnew(const fs::path& top) {
  const Place place(top, "emptied");
  LineTimes times = place.makeTimes();
  place.put(times, 3);
  fs::resize_file(place.times(), 0);
  place.put(times, 4);
  place.put(times, 5);
  const auto records = place.records();
  assert(records.size() == 1);
  expect(records[0], 7, 5);
}

void whatIsNoFileIsLeftAlone(const fs::path& top) {
  const Place place(top, "planted");
  const fs::path victim = top / "victim";
  std::ofstream(victim) << "mine";
  fs::create_symlink(victim, place.times());
  LineTimes times = place.makeTimes();
  place.put(times, 3);
  assert(fs::is_symlink(place.times()) && place.content() == "mine");
  fs::remove(place.times());
  check(mkfifo(place.times().c_str(), 0600), "mkfifo");
  place.put(times, 3);
  assert(fs::is_fifo(place.times()));
}

}  // namespace
}  // namespace tslxc::test

int main(int count, char** words) {
  using namespace tslxc::test;
  assert(count == 2);
  const std::filesystem::path top(words[1]);
  eachPieceHasARecord(top);
  whatWasNotWrittenIsRecordedAnew(top);
  manyShortPiecesShareRecords(top);
  anotherMonitorsRecordsStay(top);
  aNewLogHasNewTimes(top);
  aMovedContentHasNone(top);
  anEmptiedFileIsBegunAnew(top);
  whatIsNoFileIsLeftAlone(top);
  return 0;
}
