#include "native/monitor/records.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

void writeWhole(int directory, const std::string& path, const std::string& name,
                const std::string& text) {
  const Fd file(
      check(openat(directory, path.c_str(),
                   O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600),
            "openat", name));
  const ssize_t written =
      check(retry([&] { return write(file.get(), text.data(), text.size()); }), "write", name);
  if (static_cast<size_t>(written) != text.size()) throw SyscallError{ENOSPC, "write", name};
}

void replaceFile(int directory, const std::string& name, const std::string& text) {
  const std::string temporary = "." + name + ".new";
  try {
    writeWhole(directory, temporary, name, text);
    check(renameat(directory, temporary.c_str(), directory, name.c_str()), "renameat", name);
  } catch (const SyscallError&) {
    unlinkat(directory, temporary.c_str(), 0);
    throw;
  }
}

// Writes into the file that the start has reserved for it, whose blocks are already allocated.
// Blanks after the record don't change it, and leave the file's length as it is.
bool replaceFromRoom(int directory, const std::string& name, const std::string& text) {
  constexpr const char* kRoom = "exit.room";
  const Fd room(openat(directory, kRoom, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (!room.valid() || fstat(room.get(), &status) == -1) return false;
  std::string padded = text;
  if (status.st_size < static_cast<off_t>(text.size())) return false;
  padded.resize(static_cast<size_t>(status.st_size), ' ');
  const ssize_t written =
      retry([&] { return pwrite(room.get(), padded.data(), padded.size(), 0); });
  if (written != static_cast<ssize_t>(padded.size())) return false;
  return renameat(directory, kRoom, directory, name.c_str()) == 0;
}

std::string millisecondsOn(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::to_string(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
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

void writeMountsRecord(int directory, const MountsRecord& record) {
  std::string text = std::to_string(record.init) + '\0';
  for (size_t i = 0; i < record.mounts.size(); ++i) {
    if (!record.mounts[i]) continue;
    const MountIdentity& mount = *record.mounts[i];
    text += std::to_string(mount.mount) + ' ' + std::to_string(mount.device) + ' ' +
            std::to_string(mount.inode) + ' ' + record.targets[i] + '\0';
  }
  replaceFile(directory, "mounts", text);
}

void writeExitRecord(int directory, const ExitedMessage& exited, const std::string& boot) {
  constexpr const char* kName = "exit.json";
  const auto how = static_cast<How>(exited.how);
  const std::string end = how == How::kExited ? "\"exited\",\"code\":" : "\"killed\",\"signal\":";
  const std::string oom = how == How::kOomKilled ? ",\"OOMKilled\":true" : "";
  std::string requested;
  if (exited.requested == static_cast<uint8_t>(End::kDestroy)) requested = "destroy";
  if (exited.requested == static_cast<uint8_t>(End::kReboot)) requested = "reboot";
  if (exited.requested == static_cast<uint8_t>(End::kShutdown)) requested = "shutdown";
  if (exited.requested == static_cast<uint8_t>(End::kUnhealthy)) requested = "unhealthy";
  if (!requested.empty()) requested = ",\"requested\":\"" + requested + "\"";
  const std::string text = "{\"how\":" + end + std::to_string(exited.status) + oom + requested +
                           ",\"time\":" + millisecondsOn(CLOCK_REALTIME) +
                           ",\"sinceBoot\":" + millisecondsOn(CLOCK_MONOTONIC) + ",\"boot\":\"" +
                           boot + "\"}\n";
  if (!replaceFromRoom(directory, kName, text)) replaceFile(directory, kName, text);
}

}  // namespace tslxc
