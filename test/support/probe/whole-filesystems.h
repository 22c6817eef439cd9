// The probe's commands about whole file systems and mounts: their ioctls, statmount and listmount.
#pragma once

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "probe-report.h"

// The same in all tables; the libraries of today lack them.
constexpr long kStatmount = 457;
constexpr long kListmount = 458;

// whole PATH NAME NUMBER...: ioctls for a whole file system, without an argument. From a file
// system that knows none of them, what is not held up on the way comes back as unknown, and nothing
// happens.
inline void whole(const Words& words) {
  const int file = open(words.at(0).c_str(), O_RDONLY | O_DIRECTORY);
  for (size_t at = 1; at + 1 < words.size(); at += 2) {
    say("whole." + words[at], outcome(ioctl(file, std::stoul(words[at + 1], nullptr, 0), nullptr)));
  }
  close(file);
}

// deface PATH LABEL: gives the file system of PATH another label and another UUID, writes its
// journal out, ends a freeze, and discards what is free.
inline void deface(const Words& words) {
  const int file = open(words.at(0).c_str(), O_RDONLY | O_DIRECTORY);
  char label[256] = {};
  words.at(1).copy(label, sizeof label - 1);
  struct {
    uint32_t length = 16;
    uint32_t flags = 0;
    unsigned char uuid[16] = {0xde, 0xad, 0xbe, 0xef};
  } identity;
  uint32_t checkpoint = 0;
  fstrim_range all = {0, UINT64_MAX, 0};
  say("deface.label", outcome(ioctl(file, FS_IOC_SETFSLABEL, label)));
  say("deface.uuid", outcome(ioctl(file, _IOW('f', 44, uint64_t), &identity)));
  say("deface.checkpoint", outcome(ioctl(file, _IOW('f', 43, uint32_t), &checkpoint)));
  say("deface.thaw", outcome(ioctl(file, FITHAW, 0)));
  say("deface.trim", outcome(ioctl(file, FITRIM, &all)));
  close(file);
}

// As linux/mount.h of Linux 6.11 has it.
struct MountRequest {
  uint32_t size = 32;
  uint32_t unused = 0;
  uint64_t mount = UINT64_MAX;  // LSMT_ROOT
  uint64_t wanted = 0;
  uint64_t space = 0;  // 0: the own one
};

inline std::string mountsOf(uint64_t space) {
  MountRequest request;
  request.space = space;
  std::vector<uint64_t> found(4096);
  return outcome(syscall(kListmount, &request, found.data(), found.size(), 0));
}

// mounts [NUMBER]: of the own mount namespace, and of the one with this number.
inline void mounts(const Words& words) {
  const int own = open("/proc/self/ns/mnt", O_RDONLY);
  uint64_t number = 0;
  if (ioctl(own, _IOR(0xb7, 5, uint64_t), &number) == 0) {
    say("mounts.number", std::to_string(number));
  }
  close(own);
  say("mounts.own", mountsOf(0));
  MountRequest none;
  std::vector<char> text(4096);
  say("mounts.stat", outcome(syscall(kStatmount, &none, text.data(), text.size(), 0)));
  if (!words.empty()) say("mounts.other", mountsOf(std::stoull(words[0])));
}
