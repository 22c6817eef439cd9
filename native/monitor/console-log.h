// The file that keeps what a console put out, to be read later. It is appended to from one
// run to the next; when it is full it becomes the old one, in the place of the one before, and a
// new one is begun. What can't be written is left out, and said so once writing is possible again:
// a full disk holds nothing up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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
  };

  explicit ConsoleLog(Settings settings);

  // How much of the output is not in the file yet.
  uint64_t backlog(const OutputRing& output) const;
  void write(const OutputRing& output);

 private:
  // How many of the bytes are kept; 0 when none can be.
  size_t append(std::string_view bytes);
  bool openFile();
  // Puts the full file aside; false when that is not possible.
  bool rotate();
  bool tellOfLoss();

  Settings settings_;
  Fd file_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace tslxc
