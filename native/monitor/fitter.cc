#include "native/monitor/fitter.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>

#include "native/base/device-node.h"
#include "native/base/message.h"
#include "native/base/monitor-descriptors.h"
#include "native/base/mount.h"
#include "native/base/namespaces.h"
#include "native/base/process-id.h"
#include "native/monitor/beginning.h"
#include "native/monitor/failpoint.h"
#include "native/monitor/held-lock.h"
#include "native/monitor/stage-zero.h"
#include "native/plan/decode.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

constexpr int kFailed = 1;

pid_t callerOf(int channel) {
  ucred peer{};
  socklen_t size = sizeof peer;
  check(getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &peer, &size), "getsockopt");
  return peer.pid;
}

// SIGALRM ends the process even while it waits for a file system of the container, unless that wait
// is uninterruptible.
void endAfter(uint32_t milliseconds) {
  itimerval timer{};
  timer.it_value.tv_sec = milliseconds / 1000;
  timer.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1000) * 1000;
  check(setitimer(ITIMER_REAL, &timer, nullptr), "setitimer");
}

class Fitter {
 public:
  void run(int init);
  void tell(const FailedMessage& failed) { sendFrame(kChannel, failed); }
  FailedMessage failure(const SyscallError& cause) const {
    return {static_cast<uint8_t>(stage_),       static_cast<uint32_t>(interpreter_.step()),
            static_cast<uint32_t>(cause.error), cause.syscall,
            cause.subject.substr(0, 4096),      uint8_t{0}};
  }

 private:
  void begin(const FittingHeader& header);
  void openContainer(const FittingHeader& header, int init);
  PreparedMessage prepared() const;
  void awaitContinue();

  FrameReader inbox_;
  FittingPlan plan_;
  Interpreter interpreter_;
  Failpoints failpoints_;
  Fd lock_;
  Stage stage_ = Stage::kMonitor;
};

void Fitter::run(int init) {
  plan_ = decodeFittingPlan(receivePlan(kChannel, inbox_).body);
  begin(plan_.header);
  failpoints_.reach(Failpoint::kFitterAfterPlan);
  // The caller may have died, and another process may have looked for this one before it held the
  // lock. So nothing is done before the caller knows that the lock is held.
  if (!sendFrame(kChannel, ReadyMessage{})) throw CallerGone{};
  awaitContinue();
  openContainer(plan_.header, init);
  stage_ = Stage::kOutside;
  interpreter_.run(plan_.outside, [this] { failpoints_.reach(Failpoint::kFitterAfterOutside); });
  stage_ = Stage::kMonitor;
  const int namespaces = static_cast<int>(plan_.header.namespaces);
  check(setns(init, namespaces), "setns", "the namespaces of init");
  stage_ = Stage::kInside;
  interpreter_.run(plan_.inside, [this] { failpoints_.reach(Failpoint::kFitterAfterInside); });
  if (!sendFrame(kChannel, prepared())) throw CallerGone{};
  awaitContinue();
  failpoints_.reach(Failpoint::kFitterAfterContinue);
  stage_ = Stage::kAttached;
  interpreter_.run(plan_.attached, [this] { failpoints_.reach(Failpoint::kFitterAfterAttached); });
  sendFrame(kChannel, FittedMessage{});
}

// As long as it holds the lock, no other process changes the devices of this container.
void Fitter::begin(const FittingHeader& header) {
  failpoints_ = {static_cast<Failpoint>(header.failpoint),
                 static_cast<FailAction>(header.failAction), callerOf(kChannel), 0,
                 header.failCount};
  endAfter(header.deadline);
  umask(0);
  const Fd runDirectory(check(open(header.runDirectory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                              "open", header.runDirectory));
  lock_ = holdLock(runDirectory.get(), "fitter.lock");
}

// Opens by init's pid, and checks afterwards that it still is init's.
void Fitter::openContainer(const FittingHeader& header, int init) {
  const pid_t pid = processOf(init);
  if (header.mapped != 0) interpreter_.useUserNamespace(openUserNamespace(pid));
  if ((header.namespaces & CLONE_NEWNET) != 0) interpreter_.useNetwork(openNetworkNamespace(pid));
  constexpr const char* kDescriptors = "/proc/self/fd";
  Fd descriptors(check(open(kDescriptors, O_PATH | O_DIRECTORY | O_CLOEXEC), "open", kDescriptors));
  interpreter_.useHost(mountedDevices(), std::move(descriptors));
  check(syscall(SYS_pidfd_send_signal, init, 0, nullptr, 0), "pidfd_send_signal", "init");
}

PreparedMessage Fitter::prepared() const {
  const std::vector<int> opened = interpreter_.descriptors();
  if (opened.empty()) return {};
  const MountIdentity found = identityOf(opened.back(), "what is attached");
  return {found.mount, found.device, found.inode};
}

void Fitter::awaitContinue() {
  for (;;) {
    if (const std::optional<RawMessage> message = inbox_.next()) {
      if (message->kind == ContinueMessage::kKind) return;
      throw MalformedBytes{"the caller sent something other than 'continue'"};
    }
    pollfd readable{kChannel, POLLIN, 0};
    check(retry([&] { return poll(&readable, 1, -1); }), "poll");
    if (inbox_.read(kChannel) == FrameReader::Result::ended) throw CallerGone{};
  }
}

}  // namespace

bool isFitter(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "fit") == 0; }

int fit(int argc, char** argv) {
  const int passed = passedDescriptors(argc, argv);
  becomeMonitor(passed);
  Fitter fitter;
  try {
    becomeQuiet("tslxc-fit");
    const std::vector<Fd> descriptors = takeDescriptors(kFirstPassedDescriptor, passed);
    if (descriptors.size() != 1) throw MalformedBytes{"descriptors"};
    fitter.run(descriptors.front().get());
    return 0;
  } catch (const SyscallError& cause) {
    fitter.tell(fitter.failure(cause));
  } catch (const MalformedBytes& cause) {
    fitter.tell(monitorFailure({EBADMSG, "decode", cause.what}));
  } catch (const CallerGone&) {
  }
  return kFailed;
}

}  // namespace tslxc
