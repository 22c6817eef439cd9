// Containers that end at the same time need one reaper, and not one each: a reaper is a Node
// process.
#pragma once

#include <optional>
#include <string>

#include "native/base/fd.h"

namespace tslxc {

// The right to be the one reaper of a root. The reaper holds byte 0 of the lock file from before it
// looks for ended containers until it has looked; the next reaper holds byte 1 until it begins to
// look. A monitor that finds both taken has already written its exit record, so the next reaper
// will find that and clean up.
class ReaperTurn {
 public:
  // Waits for the turn. Nothing if another monitor is waiting already, or if the root is gone. If
  // that can't be found out, it is this monitor's turn at once, without the lock: one reaper too
  // many is better than none.
  static std::optional<ReaperTurn> await(int runDirectory);

  // The environment variable that tells the reaper which descriptor holds the turn; the reaper
  // releases that when it has looked. Nothing without the lock.
  std::optional<std::string> variable() const;

 private:
  explicit ReaperTurn(Fd lock) : lock_(std::move(lock)) {}

  Fd lock_;
};

}  // namespace tslxc
