// The export that starts a container's monitor: the spawn, and at the same time its cgroups, in two
// threads of the pool.
#include <future>
#include <memory>
#include <vector>

#include "native/addon/cgroup-step.h"
#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/monitor-spawn.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

MonitorRequest toRequest(const Input& input) {
  MonitorRequest request;
  request.executable = input.field("executable").descriptor();
  request.argv = input.field("argv").texts();
  request.leafCgroup = input.field("leafCgroup").descriptor();
  request.plan = input.field("plan").bytes();
  request.descriptors = input.field("descriptors").descriptors();
  return request;
}

// No cgroup is made any more when this has failed: they are removed then.
Fd spawnBeside(const std::shared_future<void>& made, const MonitorRequest& request) {
  try {
    return spawnMonitor(request, [&made] { made.get(); });
  } catch (const SyscallError&) {
    made.wait();
    throw;
  }
}

Value startMonitor(const CallbackInfo& info) {
  const Input input(info, 0, "request");
  const auto request = std::make_shared<MonitorRequest>(toRequest(input));
  const auto steps = toCgroupSteps(input.field("cgroups"));
  if (steps->empty()) {
    return inPool(info.Env(), task([request] { return spawnMonitor(*request, {}); }));
  }
  const auto making =
      std::make_shared<std::packaged_task<void()>>([steps] { applyCgroupSteps(*steps); });
  const std::shared_future<void> made = making->get_future().share();
  // The pool's threads take what is queued in its order: what waits for the first finds it begun.
  inPool(info.Env(), task([making] { (*making)(); }));
  return inPool(info.Env(), task([request, made] { return spawnBeside(made, *request); }));
}

}  // namespace

void exportMonitor(Napi::Object exports) { definePromise<startMonitor>(exports, "startMonitor"); }

}  // namespace tslxc::addon
