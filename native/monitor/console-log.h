// A file that keeps a console's output to be read later. A run appends to it or begins it anew. A
// full file is rotated: it becomes an old one, the oldest of which is removed, and a new one is
// begun. Output that can't be written is dropped, and the loss is noted in the file once writing is
// possible again: a full disk holds nothing up. The current file is locked with flock(2), so that
// two monitors neither write to the same file nor rotate it under each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"
#include "native/monitor/line-times.h"
#include "native/monitor/ring.h"

namespace tslxc {

class ConsoleLog {
 public:
  struct Settings {
    // Opened before the container exists; invalid to keep nothing.
    Fd directory;
    std::string file;
    // The size of a full file.
    uint64_t mostBytes;
    // The suffixes of old files, the youngest first.
    std::vector<std::string> old;
    // Whether a file beside each log has the times of its output.
    bool keepsTimes = false;
  };
  enum class Beginning { anew, behind };

  explicit ConsoleLog(Settings settings);

  // Before the container exists: locks the existing file. A file to append to is made if missing;
  // one to begin anew is not changed yet. Throws SyscallError about `path` if it can't be written
  // to; EBUSY (flock) if another monitor has it.
  void prepare(Beginning beginning, std::string path);
  // Once the start can't fail any more, and while all privileges are still held: begins the file
  // anew if that was asked for, and removes the former one and the old ones. Throws as `prepare`.
  void begin();

  // How many bytes of the output are not in the file yet.
  uint64_t backlog(const OutputRing& output) const;
  void write(const OutputRing& output);

  // Once the container has ended: releases the lock, so that the next start can take the file while
  // this monitor still waits for readers. From now on the file is rotated only if no other monitor
  // has it.
  void letGo();

 private:
  // Returns how many of the bytes were written; 0 if none could be.
  size_t append(std::string_view bytes);
  // Returns 0 or an errno. `creation` is made of O_CREAT and O_EXCL.
  int openFile(int creation);
  // Like openFile(), but makes the file if it is missing. Where this object has moved the former
  // one away, it has to be new.
  int makeFile();
  // Opens and locks the existing file before a new one is begun; does nothing if there is none.
  void claimFormer();
  // Throws EBUSY if another open file description has the lock, or the name is no longer this
  // file's.
  void claim() const;
  bool isNamed() const;
  // Removes the file, or the old one with that suffix. Anything but a regular file is left alone:
  // then the new file can't be made in its place.
  void removeFile(const std::string& ending);
  // Makes room in a full file; false when that is not possible.
  bool rotate();
  // Renames the file to the youngest old one. Returns 0 or an errno.
  int putAside();
  // The same for the files with the times, which are of no use without their log: a failure leaves
  // them behind.
  void putTimesAside();
  // Discards the older half of the file itself, where the remaining privileges don't allow renaming
  // in its folder.
  bool keepYoungerHalf();
  bool tellOfLoss();

  Settings settings_;
  std::optional<LineTimes> times_;
  std::string path_;
  Beginning beginning_ = Beginning::behind;
  // Whether this object has moved the file away: a file that is there then is another process's.
  bool vacated_ = false;
  bool hasLetGo_ = false;
  Fd file_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  uint64_t lost_ = 0;
};

// A console, and one of the files that keep its output.
struct KeptOutput {
  size_t console;
  ConsoleLog log;
};

}  // namespace tslxc
