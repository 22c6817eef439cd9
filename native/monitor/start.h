// From the plan to the running container: the monitor's side of the handshake.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

#include "native/base/fd.h"
#include "native/base/message.h"
#include "native/base/pty.h"
#include "native/monitor/beginning.h"
#include "native/monitor/failpoint.h"
#include "native/plan/decode.h"
#include "native/plan/interpret.h"

namespace tslxc {

// What a start leaves for the rest of the monitor's life.
struct StartedContainer {
  pid_t init = 0;
  Fd pidfd;
  std::vector<Fd> masters;
  std::vector<Pty> hostTerminals;
  // Init's network namespace, where there is one.
  Fd network;
  Fd listener;
};

class Start {
 public:
  virtual ~Start() = default;

  // `channel` is the caller's stream; what the caller sends meanwhile stays in `inbox`. All
  // arguments must outlive this.
  Start(const Plan& plan, int channel, FrameReader& inbox, int runDirectory,
        const Failpoints& failpoints);

  // `passed` are the descriptors that init gets. Throws FailedMessage, SyscallError or CallerGone;
  // init is dead then, and reaped.
  StartedContainer run(std::vector<Fd>& passed);

 protected:
  // A restart overrides these.
  virtual void awaitCgroups();
  virtual void beforeClone() {}
  virtual uint64_t cloneFlags() const { return plan_.header.namespaces; }
  virtual void runMapped();
  // Whether the caller has something to do once the interfaces exist.
  virtual bool waitsForCaller() const { return plan_.header.pause != 0; }
  // While init runs its part of the plan: opens what its consoles lead to.
  virtual void openOutlets();
  // Once the pty masters have come, before init may execute its program.
  virtual void takeMasters() {}
  // Once init runs its program.
  virtual void tellOfSuccess();

  const Plan& plan_;
  const Failpoints& failpoints_;
  Interpreter interpreter_;
  StartedContainer started_;

 private:
  void cloneInit(std::vector<Fd>& passed);
  void mapInit();
  void mapLivingInit();
  void openNetwork();
  void pause();
  void awaitContinue(const char* waitingFor);
  void handshake();
  // Waits until init sends something (true) or the caller does.
  bool awaitEither(const char* waitingFor);
  RawMessage awaitInit(const char* waitingFor);
  RawMessage receiveFromInit();
  template <typename Message>
  void tellInit(const Message& message);
  void recordMounts();
  void awaitExecve();
  void listenToCaller();
  [[noreturn]] void reportDeath();
  void killInit() noexcept;
  int remainingMilliseconds() const;

  int channel_;
  FrameReader& inbox_;
  int runDirectory_;
  std::chrono::steady_clock::time_point deadline_;
  Fd initSocket_;
  std::vector<std::string> consolePaths_;
  bool committed_ = false;
};

}  // namespace tslxc
