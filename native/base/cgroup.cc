#include "native/base/cgroup.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "native/base/backoff.h"
#include "native/base/file.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// Applies one step after another. A file that several steps in a row write to is opened once.
class Application {
 public:
  void operator()(const MakeCgroup& step) {
    const int result = mkdir(step.path.c_str(), 0755);
    if (result == -1 && errno == EEXIST && step.existing == Existing::shared) return;
    check(result, "mkdir", step.path);
  }

  void operator()(const WriteCgroup& step) {
    if (step.path != path_) take(step.path);
    const auto size =
        retry([&] { return write(file_.get(), step.value.data(), step.value.size()); });
    check(size, "write", step.path);
  }

  void operator()(const MarkCgroup& step) {
    check(setxattr(step.path.c_str(), step.name.c_str(), step.value.data(), step.value.size(), 0),
          "setxattr", step.path);
  }

  void operator()(const OwnCgroup& step) {
    check(chown(step.path.c_str(), step.uid, step.gid), "chown", step.path);
  }

  void operator()(const LimitDevices& step) { setDeviceProgram(step.path, step.rules); }

 private:
  void take(const std::string& path) {
    path_.clear();
    file_ = openForWriting(path);
    path_ = path;
  }

  std::string path_;
  Fd file_;
};

// The file that requests the state and the one that reports it, each with its word for the state.
struct Freezer {
  std::string request;
  std::string_view requested;
  std::string report;
  std::string_view reported;
};

Freezer freezerOf(const std::string& path, FreezerState state) {
  const bool frozen = state == FreezerState::frozen;
  const std::string v1 = path + "/freezer.state";
  if (fileExists(v1)) {
    const std::string_view word = frozen ? "FROZEN" : "THAWED";
    return {v1, word, v1, word};
  }
  return {path + "/cgroup.freeze", frozen ? "1" : "0", path + "/cgroup.events",
          frozen ? "frozen 1" : "frozen 0"};
}

}  // namespace

void applyCgroupSteps(const std::vector<CgroupStep>& steps) {
  Application application;
  for (const CgroupStep& step : steps) std::visit(application, step);
}

void freezeCgroup(const std::string& path, FreezerState state, std::chrono::milliseconds limit) {
  const Freezer freezer = freezerOf(path, state);
  Backoff backoff(limit);
  writeFile(freezer.request, freezer.requested);
  while (readFile(freezer.report).find(freezer.reported) == std::string::npos) {
    if (!backoff.wait()) throw SyscallError{ETIMEDOUT, "read", freezer.report};
  }
}

}  // namespace tslxc
