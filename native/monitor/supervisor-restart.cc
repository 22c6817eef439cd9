// The part of the supervisor that handles a reboot: init is started again, and everything that is
// attached to the monitor stays attached.
#include <signal.h>

#include "native/base/syscall.h"
#include "native/monitor/records.h"
#include "native/monitor/supervisor.h"

namespace tslxc {
namespace {

using std::chrono::milliseconds;

bool killedBy(const ExitedMessage& exited, int number) {
  return exited.how == static_cast<uint8_t>(How::kKilled) &&
         exited.status == static_cast<uint32_t>(number);
}

}  // namespace

// reboot(2) inside ends init by SIGHUP. An init that can't call it ends in its own way, after a
// client has said (`intend`) that this end is meant as a reboot.
void Supervisor::classifyEnd() {
  const bool holds = Clock::now() < intent_.until;
  End end = holds ? intent_.end : End::kNone;
  if (destroyRequested_) end = End::kDestroy;
  exited_.requested = static_cast<uint8_t>(end);
  intent_ = {};
}

template <typename Over>
bool Supervisor::goOnUntil(milliseconds longest, Over over) {
  const auto until = Clock::now() + longest;
  while (!calledOff() && !over() && Clock::now() < until) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    turn(static_cast<int>(left.count()));
  }
  return !calledOff();
}

bool Supervisor::startAgain() {
  Restarter& restarter = *settings_.restarter;
  const bool asked = exited_.requested == static_cast<uint8_t>(End::kReboot);
  const bool reboots = asked || (exited_.requested == 0 && killedBy(exited_, SIGHUP));
  if (!restarter.wanted() || !reboots) return false;
  const Failpoints& failpoints = restarter.failpoints();
  failpoints.reach(Failpoint::kMonitorBeforeRestart);
  for (Console& console : consoles_) console.letGoOfSlave();
  drainConsoles();
  try {
    const bool stays = goOnUntil(restarter.pause(), [] { return false; });
    if (stays) {
      restarter.readPlan(settings_.runDirectory);
      const std::unique_ptr<RestartAttempt> attempt = restarter.attempt();
      failpoints.reach(Failpoint::kMonitorAfterRestartSpawn);
      loop_.add(*attempt);
      goOnUntil(restarter.deadline(), [&] { return attempt->over(); });
      loop_.remove(*attempt);
      std::optional<RestartedInit> restarted;
      if (!calledOff()) restarted = attempt->take();
      if (restarted && adopt(std::move(*restarted))) {
        if (farewell_ != nullptr) loop_.remove(*farewell_);
        farewell_ = attempt->finish(caller_->owns() ? Teller::caller : Teller::helper);
        loop_.add(*farewell_);
        caller_->tell(RebootedMessage{static_cast<uint32_t>(init_)});
        return true;
      }
    }
  } catch (const MalformedBytes&) {
    // As below.
  } catch (const SyscallError&) {
    // The container stays ended: the process that cleans up starts it anew, with another monitor.
  }
  if (destroyRequested_) {
    exited_.how = static_cast<uint8_t>(How::kKilled);
    exited_.status = SIGKILL;
    exited_.requested = static_cast<uint8_t>(End::kDestroy);
  } else if (intends(End::kShutdown)) {
    exited_.requested = static_cast<uint8_t>(End::kShutdown);
  }
  return false;
}

bool Supervisor::adopt(RestartedInit restarted) {
  const Failpoints& failpoints = settings_.restarter->failpoints();
  failpoints.reach(Failpoint::kMonitorBeforeRestartRecord);
  const RestartedInit& now = restarted;
  const auto giveUp = [&now] { endProcess(now.pidfd.get()); };
  if (now.masters.size() != consoles_.size()) {
    giveUp();
    return false;
  }
  try {
    writeRunningRecord(settings_.runDirectory, {now.init, consolePaths_, boots_ + 1});
    for (size_t i = 0; i < consoles_.size(); ++i) {
      loop_.remove(*consoleSources_[i]);
      consoles_[i].replaceMaster(std::move(restarted.masters[i]));
      consoleSources_[i]->renew();
      loop_.add(*consoleSources_[i]);
    }
  } catch (const SyscallError&) {
    giveUp();
    throw;
  }
  failpoints.reach(Failpoint::kMonitorAfterRestartRecord);
  ++boots_;
  loop_.remove(*this);
  init_ = restarted.init;
  pidfd_ = std::move(restarted.pidfd);
  if (restarted.network.valid()) settings_.sweep->watch(init_);
  settings_.restarter->keepNetwork(std::move(restarted.network));
  exited_ = {};
  ended_ = false;
  loop_.add(*this);
  return true;
}

}  // namespace tslxc
