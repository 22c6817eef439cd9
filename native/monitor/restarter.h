// What the monitor keeps so that init can be started again, and one attempt at it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/base/fd.h"
#include "native/base/message.h"
#include "native/monitor/event-loop.h"
#include "native/monitor/failpoint.h"
#include "native/monitor/restart-pause.h"
#include "native/plan/operations.generated.h"

namespace tslxc {

// Init after it has been started again.
struct RestartedInit {
  pid_t init = 0;
  Fd pidfd;
  Fd network;
  std::vector<Fd> masters;
};

// Who reports a reboot: the caller, or the helper, which executes the reap program to do so.
enum class Teller { caller, helper };

// Waits for the end of a helper that needs nothing more, so that it leaves no zombie.
class Farewell : public Source {
 public:
  explicit Farewell(Fd helper) : helper_(std::move(helper)) {}

  int descriptor() const override { return helper_.get(); }
  uint32_t wanted() const override { return ended_ ? 0U : static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

  bool over() const { return ended_; }

 private:
  Fd helper_;
  bool ended_ = false;
};

// A process that starts init again (restart.h), until it has reported the outcome.
class RestartAttempt : public Source {
 public:
  struct Parts {
    Fd helper;  // its pidfd
    Fd channel;
    Fd answers;
    bool hasNetwork;
  };
  explicit RestartAttempt(Parts parts) : parts_(std::move(parts)) {}
  void start(const std::string& plan);
  // Kills the helper and init, unless take() and finish() have handed them over.
  ~RestartAttempt() override;

  int descriptor() const override { return parts_.answers.get(); }
  uint32_t wanted() const override { return over_ ? 0U : static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

  bool over() const { return over_; }
  // Hands over init if it runs; nothing if it doesn't.
  std::optional<RestartedInit> take();
  // After a success: tells the helper who reports the reboot, and lets it end.
  std::unique_ptr<Farewell> finish(Teller teller);

 private:
  void receive();

  Parts parts_;
  RestartedInit restarted_;
  bool over_ = false;
  bool runs_ = false;
};

// Kills a child with SIGKILL, and waits for its end.
void endProcess(int pidfd);

class Restarter {
 public:
  // Keeps nothing when the plan says that a reboot is not followed by a restart.
  Restarter(const PlanHeader& header, std::string plan, const std::vector<Fd>& passed,
            const Failpoints& failpoints);

  bool wanted() const { return wanted_; }
  void keepNetwork(Fd network);
  // Reads the plan that a caller has put into the run folder after attaching or detaching devices,
  // if there is one. Throws SyscallError or MalformedBytes.
  void readPlan(int runDirectory);
  // Whether an interface is lent that has to be given back out of the kept network namespace.
  bool lendsNetwork(int runDirectory);
  // How long to wait before starting init, which has just ended, again.
  std::chrono::milliseconds pause();
  std::chrono::milliseconds deadline() const { return deadline_; }
  const Failpoints& failpoints() const { return failpoints_; }
  std::unique_ptr<RestartAttempt> attempt() const;

 private:
  [[noreturn]] void execute(int channel, int answers) const;

  bool wanted_;
  bool lends_;
  std::string name_;
  std::string plan_;
  std::vector<Fd> passed_;
  Fd network_;
  const Failpoints& failpoints_;
  std::chrono::milliseconds deadline_;
  RestartPause pause_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace tslxc
