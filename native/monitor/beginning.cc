#include "native/monitor/beginning.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "native/base/affinity.h"
#include "native/base/signals.h"

namespace tslxc {
namespace {

constexpr int kPlanTime = 10'000;

}  // namespace

int passedDescriptors(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--descriptors") == 0) return std::atoi(argv[i + 1]);
  }
  return 0;
}

void becomeQuiet(const char* name) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_NAME, name, 0, 0, 0);
  ignoreBrokenPipes();
  check(chdir("/"), "chdir", "/");
}

RawMessage receivePlan(int channel, FrameReader& inbox) {
  for (;;) {
    if (std::optional<RawMessage> message = inbox.next()) return std::move(*message);
    pollfd readable{channel, POLLIN, 0};
    if (poll(&readable, 1, kPlanTime) == 0) throw CallerGone{};
    if (inbox.read(channel) == FrameReader::Result::ended) throw CallerGone{};
  }
}

void leaveCaller(const std::vector<std::string>& tasks) {
  for (const std::string& path : tasks) {
    const Fd file(check(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
    check(write(file.get(), "0", 1), "write", path);
  }
  useAllProcessors();
}

std::vector<Fd> takeDescriptors(int first, int count) {
  std::vector<Fd> taken;
  for (int i = 0; i < count; ++i) taken.emplace_back(first + i);
  return taken;
}

void closeOnExec(int first, int past) {
  for (int fd = first; fd < past; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

FailedMessage monitorFailure(const SyscallError& cause) {
  return {static_cast<uint8_t>(Stage::kMonitor),
          0,
          static_cast<uint32_t>(cause.error),
          cause.syscall,
          cause.subject,
          uint8_t{0}};
}

}  // namespace tslxc
