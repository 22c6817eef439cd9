// What a monitor does about the watcher of its container's health. The watcher is one process for
// all containers of a root, and says so to each of their monitors. If it is gone while the
// container runs, or never comes, the monitors start one, even if no caller ever asks.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/monitor/event-loop.h"
#include "native/monitor/reap.h"
#include "native/monitor/restarter.h"
#include "native/plan/operations.generated.h"

namespace tslxc {

class WatcherStart {
 public:
  // `program` must outlive this.
  WatcherStart(const PlanHeader& header, const ReapProgram& program);

  // A client has said that it is the watcher; that client is gone.
  void arrived();
  void left();

  // Milliseconds until it has something to do; nothing if it has not.
  std::optional<int> due() const;
  // Starts a watcher if that is due: one process of the root does, the others find that it does.
  void startIfDue(EventLoop& loop);

 private:
  using Clock = std::chrono::steady_clock;

  [[noreturn]] void startHere() const;

  const ReapProgram& program_;
  std::vector<std::string> argv_;
  std::string locks_;
  off_t byte_;
  int watchers_ = 0;
  bool hasCome_ = false;
  std::optional<Clock::time_point> at_;
  std::chrono::milliseconds pause_;
  std::unique_ptr<Farewell> last_;
};

}  // namespace tslxc
