// One console of the container: its pty, the output that is kept, and the input on its way in. The
// pty is always drained, with or without a reader. A reader that keeps up is waited for, one that
// has stopped is not; and the sum of all waits is bounded in proportion to the output, so that no
// behaviour of readers blocks a container.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "native/base/fd.h"
#include "native/monitor/ring.h"

namespace tslxc {

// A reader that follows a console's output at its own pace.
class Follower {
 public:
  virtual ~Follower() = default;

  uint64_t position() const { return position_; }
  bool stalled() const { return stalled_; }

  // Sets where in the output this follower is.
  void moveTo(uint64_t position) { position_ = position; }
  void setStalled(bool stalled) { stalled_ = stalled; }
  // The console has waited `time` for this follower. Returns for how long it has not moved by now.
  std::chrono::milliseconds stoodStill(std::chrono::milliseconds time);

 private:
  uint64_t position_ = 0;
  uint64_t positionBefore_ = 0;
  std::chrono::milliseconds still_{0};
  bool stalled_ = false;
};

class Console {
 public:
  // Takes the pty master; opens its slave and holds it, so that the last close inside is no
  // hang-up.
  Console(Fd master, size_t replayBytes);

  int master() const { return master_.get(); }
  const OutputRing& output() const { return output_; }

  void addFollower(Follower& follower) { followers_.push_back(&follower); }
  // Also undoes a ^S that the follower may have typed: otherwise the container's writers would wait
  // for ever.
  void removeFollower(Follower& follower);
  const std::vector<Follower*>& followers() const { return followers_; }

  // Reads what the container wrote, once. `waiting` when a live follower has no room left in the
  // ring.
  enum class Drained { some, nothing, waiting, ended };
  Drained drain();

  // Draining has waited `time` since the last call or the beginning of the wait. Gives up on
  // followers that hold it up and have not moved for kStallTime. Once the waits have used up what
  // the output allows, kMostWait for each ring of it, drain() gives up on every follower that holds
  // it up.
  void waited(std::chrono::milliseconds time);

  // Queues input for the container. Callers stop reading their client while roomForInput() is
  // false.
  void input(std::string_view bytes);
  bool roomForInput() const { return pending_.size() < kMostPending; }
  bool hasPendingInput() const { return !pending_.empty(); }
  void writePendingInput();

  void resize(uint32_t rows, uint32_t columns);

  // Another pty for the same console, when init is started again: its output follows the old one's.
  // The window size is kept, pending input is not.
  void replaceMaster(Fd master);

  // After init's end: closes the slave, so that reading ends with the last byte.
  void letGoOfSlave() { slave_.reset(); }

 private:
  static constexpr size_t kMostPending = 64 * 1024;
  static constexpr std::chrono::milliseconds kStallTime{500};
  static constexpr std::chrono::milliseconds kMostWait{2000};

  // How many bytes may be appended before a live follower loses some.
  size_t room() const;
  bool holdsUp(const Follower& follower) const;
  void giveUpWaiting();
  // New output makes up for waits.
  void payWaits(size_t bytes);

  Fd master_;
  Fd slave_;
  OutputRing output_;
  std::string pending_;
  std::vector<Follower*> followers_;
  // The waits that no output has made up for yet.
  std::chrono::microseconds waits_{0};
};

}  // namespace tslxc
