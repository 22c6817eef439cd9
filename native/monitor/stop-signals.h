// The signals that tell a monitor to end: SIGTERM, SIGINT and SIGHUP. When a host shuts down, every
// process gets the first. A monitor that died of them would take its container along, so it asks
// its init to end instead, and ends with it.
#pragma once

#include <sys/signalfd.h>

#include <functional>
#include <utility>

#include "native/base/fd.h"
#include "native/monitor/event-loop.h"

namespace tslxc {

// From now on they are kept until StopSignals reads them. Before this, they end the process.
void holdStopSignals();

// Forgets those that have come since the last read: for a program that is executed.
void dropStopSignals();

class StopSignals : public Source {
 public:
  // Calls `told` when at least one has come since the last call.
  explicit StopSignals(std::function<void()> told);

  int descriptor() const override { return signals_.get(); }
  uint32_t wanted() const override { return static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

 private:
  Fd signals_;
  std::function<void()> told_;
};

}  // namespace tslxc
