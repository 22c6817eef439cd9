// Containers that end at the same time need one reaper, and not one each: a reaper is a Node
// process.
#pragma once

#include <optional>
#include <string>

#include "native/base/fd.h"

namespace tslxc {

// The right to be the one reaper of a root. Byte 0 of its lock file is the reaper's, from before it
// looks for what has ended until it has looked; byte 1 is that of the next reaper, until that
// looks. A monitor that finds both taken has written the record of its end before the next looks,
// which then cleans it up.
class ReaperTurn {
 public:
  // Waits for the turn. Nothing when another will have it, or when the root is gone.
  static std::optional<ReaperTurn> await(int runDirectory);

  // What tells the reaper which descriptor it holds the turn by, and lets go when it has looked.
  std::string variable() const;

 private:
  explicit ReaperTurn(Fd lock) : lock_(std::move(lock)) {}

  Fd lock_;
};

}  // namespace tslxc
