// Starts the monitor: writes the plan into a socket pair, spawns the executable as stage 0 (which
// clones the real monitor and exits), and waits for that. posix_spawn(3) shares the caller's memory
// until the exec, so its cost doesn't grow with the caller's heap.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

struct MonitorRequest {
  int executable = -1;  // O_PATH will do
  std::vector<std::string> argv;
  int leafCgroup = -1;  // -1 is none
  std::string plan;
  std::vector<int> descriptors;
};

// Runs `prepare` while the monitor starts, and then tells the monitor to continue
// (ContinueMessage); neither if `prepare` is empty. When `prepare` fails, no monitor is left.
// Returns the caller's end of the channel, non-blocking. The monitor has /dev/null as 0, 1 and 2,
// its end of the channel as 3, the leaf cgroup (if any) as 5, `descriptors` as 6 and on; default
// signals; its own session.
Fd spawnMonitor(const MonitorRequest& request, const std::function<void()>& prepare);

// The same with a channel that the caller has made and uses itself: `channel` is the monitor's end.
// The plan of the request is ignored.
void executeMonitor(const MonitorRequest& request, int channel);

// Sends a monitor, which was spawned with an empty plan, the plan and, after `prepare`, the message
// to continue. When `prepare` fails, the monitor has ended.
void instructMonitor(int channel, std::string_view plan, const std::function<void()>& prepare);

}  // namespace tslxc
