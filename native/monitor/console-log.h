// A file that keeps what a console put out, to be read later. It is appended to from one run to the
// next, or begun anew; when it is full it becomes an old one, the oldest of which goes, and a new
// one is begun. What can't be written is left out, and said so once writing is possible again: a
// full disk holds nothing up.
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

  // Before the container exists: the file is there, and without what was in it if it is begun anew.
  // Throws SyscallError about `path` when that can't be.
  void begin(Beginning beginning, const std::string& path);

  // How much of the output is not in the file yet.
  uint64_t backlog(const OutputRing& output) const;
  void write(const OutputRing& output);

 private:
  // How many of the bytes are kept; 0 when none can be.
  size_t append(std::string_view bytes);
  // 0, or why it can't be opened.
  int openFile();
  // What is no file is left alone: it can't be opened then.
  void removeFile(const std::string& name);
  // Makes room in a full file; false when that is not possible.
  bool rotate();
  // Puts it aside. 0, or why that is not possible.
  int putAside();
  // Where nothing in the folder can be renamed with the rights that are left: of the file itself.
  bool keepYoungerHalf();
  bool tellOfLoss();

  Settings settings_;
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
