// A log of what happens to the kept program, one line for each event, for people to read. It is
// emptied when it has grown longer than 256 KiB.
#pragma once

#include <string_view>

namespace tslxc {

class KeeperLog {
 public:
  // A descriptor that appends; not owned.
  explicit KeeperLog(int descriptor) : descriptor_(descriptor) {}

  // Writes a line with the time and the event, and then what the program said, if anything. On a
  // full disk it is lost.
  void append(std::string_view event, std::string_view said = {}) const;

 private:
  int descriptor_;
};

}  // namespace tslxc
