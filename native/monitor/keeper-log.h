// What happened to the kept program, a line each, for people to read. It begins anew when it has
// grown too long.
#pragma once

#include <string_view>

namespace tslxc {

class KeeperLog {
 public:
  // A descriptor that appends; not owned.
  explicit KeeperLog(int descriptor) : descriptor_(descriptor) {}

  // A line of its own, with the time, and then what the program said, if anything. A full disk
  // loses it.
  void append(std::string_view event, std::string_view said = {}) const;

 private:
  int descriptor_;
};

}  // namespace tslxc
