// A file that keeps what a console put out, to be read later. It is appended to from one run to the
// next, or begun anew; when it is full it becomes an old one, the oldest of which goes, and a new
// one is begun. What can't be written is left out, and said so once writing is possible again: a
// full disk holds nothing up. The file that is written has a lock, flock(2), so that two monitors
// do not write to one, nor put it aside for each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"
#include "native/monitor/ring.h"

namespace tslxc {

class ConsoleLog {
 public:
  struct Settings {
    // Opened before the container exists; invalid to keep nothing.
    Fd directory;
    std::string file;
    // Of one file.
    uint64_t mostBytes;
    // What the names of old files end with, the youngest first.
    std::vector<std::string> old;
  };
  enum class Beginning { anew, behind };

  explicit ConsoleLog(Settings settings);

  // Before the container exists, with a lock on what is there. A file that is appended to is there
  // then; of one that is begun anew nothing is changed yet. Throws SyscallError about `path` when
  // it can't be written to; EBUSY, of flock, when it is another's.
  void prepare(Beginning beginning, std::string path);
  // Once the start can't fail any more, with all privileges still: a file that is begun anew is
  // there, and what was there is gone, old ones included. Throws as `prepare`.
  void begin();

  // How much of the output is not in the file yet.
  uint64_t backlog(const OutputRing& output) const;
  void write(const OutputRing& output);

  // Once the container has ended: without its lock the next start can have the file, while readers
  // are still waited for here. From now on it is put aside only if no other monitor has it.
  void letGo();

 private:
  // How many of the bytes are kept; 0 when none can be.
  size_t append(std::string_view bytes);
  // 0, or why it can't be opened; `creation` of O_CREAT and O_EXCL.
  int openFile(int creation);
  // The same, made if it is not there, or in any case where we have made room for it.
  int makeFile();
  // Opens what is there before one is begun anew, with its lock; nothing, where nothing is.
  void claimFormer();
  // Throws EBUSY when another description has the lock, or the name is no longer this file's.
  void claim() const;
  bool isNamed() const;
  // The file, or the old one of that ending. What is no file is left alone: the new one can't be
  // made in its place.
  void removeFile(const std::string& ending);
  // Makes room in a full file; false when that is not possible.
  bool rotate();
  // Puts it aside. 0, or why that is not possible.
  int putAside();
  // Where nothing in the folder can be renamed with the rights that are left: of the file itself.
  bool keepYoungerHalf();
  bool tellOfLoss();

  Settings settings_;
  std::string path_;
  Beginning beginning_ = Beginning::behind;
  // What was there has been moved or removed here: what is there all the same is another's.
  bool vacated_ = false;
  bool hasLetGo_ = false;
  Fd file_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  uint64_t lost_ = 0;
};

// What a console puts out, and one of the files that keep it.
struct KeptOutput {
  size_t console;
  ConsoleLog log;
};

}  // namespace tslxc
