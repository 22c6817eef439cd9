// The monitor's life after the start: pumps consoles, serves the control socket, waits for init's
// end, records it, and has the container cleaned up by a caller or by `tslxc reap`.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/base/fd.h"
#include "native/base/message.h"
#include "native/monitor/console-log.h"
#include "native/monitor/console.h"
#include "native/monitor/control.h"
#include "native/monitor/event-loop.h"
#include "native/monitor/link-sweep.h"
#include "native/monitor/raw-follower.h"
#include "native/monitor/restarter.h"
#include "native/monitor/start.h"
#include "native/monitor/stop-signals.h"
#include "native/monitor/watcher-start.h"

namespace tslxc {

// The caller's stream after `running`.
class Caller : public Source {
 public:
  // Whether the container ends with its caller.
  enum class Bond { none, life };
  Caller(Fd channel, FrameReader inbox, InitControl& init, Bond bond);

  int descriptor() const override { return channel_.get(); }
  uint32_t wanted() const override { return gone_ ? 0U : static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

  bool owns() const { return owns_ && !gone_; }
  bool acknowledged() const { return acknowledged_; }
  template <typename Message>
  void tell(const Message& message) {
    if (!gone_) gone_ = !sendFrame(channel_.get(), message);
  }

 private:
  void handleMessages();

  Fd channel_;
  FrameReader inbox_;
  InitControl& init_;
  Bond bond_;
  bool owns_ = false;
  bool acknowledged_ = false;
  bool gone_ = false;
};

class Supervisor : public Source, public InitControl {
 public:
  struct Settings {
    size_t replayBytes;
    std::string boot;
    std::vector<std::string> cgroups;
    int runDirectory;
    std::vector<KeptOutput> logs;
    bool endsWithCaller;
    Restarter* restarter;
    // When the monitor is told to end: how long an end of init counts as the shutdown that this
    // asks for, and how init is asked (asker.h).
    std::chrono::milliseconds endPatience;
    std::vector<std::string> endRequest;
    WatcherStart* watcher;
    LinkSweep* sweep;
  };

  Supervisor(Settings settings, StartedContainer started, Fd channel, FrameReader inbox,
             std::vector<Fd> consoleDescriptors);

  // Returns when init has ended and all clients have been told; true if a caller cleans up.
  bool run();

  // Init's pidfd.
  int descriptor() const override { return pidfd_.get(); }
  uint32_t wanted() const override { return ended_ ? 0U : static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

  int signalInit(int number) override;
  void destroyInit() override;
  void intendEnd(End end, std::chrono::milliseconds within) override;
  void watcherArrived() override { settings_.watcher->arrived(); }
  void watcherLeft() override { settings_.watcher->left(); }

 private:
  using Clock = std::chrono::steady_clock;

  void addOutlets(StartedContainer& started, std::vector<Fd> consoleDescriptors);
  // One turn of the loop, and what follows from it.
  void turn(int milliseconds);
  void drainConsoles();
  // Reads what is there now, without waiting, and keeps it.
  void catchUp();
  // Kills and thaws what is frozen, if init has been killed and does not end.
  void killFrozenIfDue();
  // Whether some host pty has to be polled.
  bool unwatched() const;
  uint64_t backlog() const;
  void keepOutput();
  bool everythingDelivered() const;
  void recordEnd();

  // Tells the consoles that wait for readers that they have done so for this long.
  void countWaits(Clock::duration time);
  // Whether a watcher that is gone or never came is missed.
  bool missesWatcher() const { return !ended_ && !destroyRequested_ && !intends(End::kShutdown); }
  // Milliseconds until a watcher is to be started, or until that is to be decided again.
  std::optional<int> watcherDue() const;
  // The monitor was told to end: has init asked to.
  void askInitToEnd();
  // Whether init's next end counts as what it was asked for by intendEnd().
  bool intends(End end) const;
  // Whether a restart that is under way must not be finished.
  bool calledOff() const { return destroyRequested_ || intends(End::kShutdown); }
  // Decides what init's end means, given what had been asked for.
  void classifyEnd();
  // Whether the kernel has killed init for lack of memory.
  void lookForOomKill();
  // Starts init again if it has rebooted: true when it runs.
  bool startAgain();
  // Takes over the restarted init; false if that is not possible.
  bool adopt(RestartedInit restarted);
  // Runs the loop until `over`, for `longest` at most; false if it was called off.
  template <typename Over>
  bool goOnUntil(std::chrono::milliseconds longest, Over over);

  Settings settings_;
  Fd pidfd_;
  EventLoop loop_;
  std::vector<Console> consoles_;
  // Of the first console, and of those whose output goes to a file that the definition names.
  std::vector<KeptOutput> logs_;
  std::vector<std::unique_ptr<ConsoleSource>> consoleSources_;
  std::vector<std::unique_ptr<HostTerminal>> hostTerminals_;
  std::vector<std::unique_ptr<RawFollower>> callersConsoles_;
  std::unique_ptr<ControlSocket> control_;
  std::unique_ptr<Caller> caller_;
  ExitedMessage exited_;
  bool ended_ = false;
  bool destroyRequested_ = false;
  // From then on a killed init that has not ended is taken for a frozen one.
  std::optional<Clock::time_point> frozenFrom_;
  struct {
    End end = End::kNone;
    Clock::time_point until;
  } intent_;
  std::vector<std::string> consolePaths_;
  uint32_t boots_ = 0;
  // The OOM kills in the cgroups before this life of init, if they are known.
  std::optional<uint64_t> oomKills_ = 0;
  std::unique_ptr<Farewell> farewell_;
  std::unique_ptr<StopSignals> stopSignals_;
  // The last process that has asked init to end, and when to try again to make one.
  std::unique_ptr<Farewell> asker_;
  std::optional<Clock::time_point> askAgain_;
  pid_t init_ = 0;
};

}  // namespace tslxc
