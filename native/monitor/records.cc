#include "native/monitor/records.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

void replaceFile(int directory, const std::string& name, const std::string& text) {
  const std::string temporary = "." + name + ".new";
  {
    const Fd file(
        check(openat(directory, temporary.c_str(),
                     O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600),
              "openat", name));
    const ssize_t written =
        check(retry([&] { return write(file.get(), text.data(), text.size()); }), "write", name);
    if (static_cast<size_t>(written) != text.size()) throw SyscallError{ENOSPC, "write", name};
  }
  check(renameat(directory, temporary.c_str(), directory, name.c_str()), "renameat", name);
}

}  // namespace

void writeRunningRecord(int directory, const RunningRecord& running) {
  const std::vector<std::string>& consoles = running.consoles;
  std::string text = "{\"id\":" + std::to_string(getpid()) +
                     ",\"init\":" + std::to_string(running.init) + ",\"consoles\":[";
  for (size_t i = 0; i < consoles.size(); ++i) {
    text += (i == 0 ? "\"" : ",\"") + consoles[i] + "\"";
  }
  text += "],\"boots\":" + std::to_string(running.boots);
  replaceFile(directory, "running.json", text + "}\n");
}

void writeExitRecord(int directory, const ExitedMessage& exited, const std::string& boot) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const std::string end = exited.how == 0 ? "\"exited\",\"code\":" : "\"killed\",\"signal\":";
  std::string requested;
  if (exited.requested == static_cast<uint8_t>(End::kDestroy)) requested = "destroy";
  if (exited.requested == static_cast<uint8_t>(End::kReboot)) requested = "reboot";
  if (!requested.empty()) requested = ",\"requested\":\"" + requested + "\"";
  replaceFile(directory, "exit.json",
              "{\"how\":" + end + std::to_string(exited.status) + requested +
                  ",\"time\":" + std::to_string(now.tv_sec * 1000 + now.tv_nsec / 1'000'000) +
                  ",\"boot\":\"" + boot + "\"}\n");
}

}  // namespace tslxc
