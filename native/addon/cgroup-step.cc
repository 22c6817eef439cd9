#include "native/addon/cgroup-step.h"

#include <linux/bpf.h>

#include <string>

namespace tslxc::addon {
namespace {

uint32_t typeOf(const Input& type) {
  switch (type.word({"c", "b", "a"})) {
    case 0:
      return BPF_DEVCG_DEV_CHAR;
    case 1:
      return BPF_DEVCG_DEV_BLOCK;
    default:
      return 0;
  }
}

uint32_t accessOf(const Input& access) {
  constexpr uint32_t kRead = BPF_DEVCG_ACC_READ;
  constexpr uint32_t kWrite = BPF_DEVCG_ACC_WRITE;
  constexpr uint32_t kMknod = BPF_DEVCG_ACC_MKNOD;
  constexpr uint32_t kByWord[] = {0,      kRead,          kWrite,          kRead | kWrite,
                                  kMknod, kRead | kMknod, kWrite | kMknod, kRead | kWrite | kMknod};
  return kByWord[access.word({"", "r", "w", "rw", "m", "rm", "wm", "rwm"})];
}

// A major or minor device number, or -1 for any.
int32_t numberOf(const Input& number) { return number.descriptor(); }

DeviceRule toDeviceRule(const Input& rule) {
  return {typeOf(rule.field("type")), numberOf(rule.field("major")), numberOf(rule.field("minor")),
          accessOf(rule.field("access"))};
}

CgroupStep toCgroupStep(const Input& step) {
  const std::string path = step.field("path").text();
  switch (step.field("step").word({"make", "write", "mark", "own", "devices"})) {
    case 0: {
      const bool exclusive = step.field("existing").word({"exclusive", "shared"}) == 0;
      return MakeCgroup{path, exclusive ? Existing::exclusive : Existing::shared};
    }
    case 1:
      return WriteCgroup{path, step.field("value").text()};
    case 2:
      return MarkCgroup{path, step.field("name").text(), step.field("value").text()};
    case 3:
      return OwnCgroup{path, step.field("uid").number<uid_t>(), step.field("gid").number<gid_t>()};
    default: {
      LimitDevices limit{path, {}};
      for (const Input& rule : step.field("rules").items())
        limit.rules.push_back(toDeviceRule(rule));
      return limit;
    }
  }
}

CgroupSteps readCgroupSteps(const Input& steps) {
  CgroupSteps result;
  for (const Input& step : steps.items()) result.push_back(toCgroupStep(step));
  return result;
}

}  // namespace

std::shared_ptr<const CgroupSteps> toCgroupSteps(const Input& steps) {
  return steps.once(readCgroupSteps);
}

}  // namespace tslxc::addon
