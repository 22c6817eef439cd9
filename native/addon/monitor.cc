// The exports that start a container's monitor: they spawn it, make its cgroups and send it its
// plan. That is one job of the pool, or two when the plan does not exist yet at the spawn.
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

MonitorRequest toProgram(const Input& input) {
  MonitorRequest request;
  request.executable = input.field("executable").descriptor();
  request.argv = input.field("argv").texts();
  request.leafCgroup = input.field("leafCgroup").descriptor();
  request.descriptors = input.field("descriptors").descriptors();
  return request;
}

MonitorRequest toRequest(const Input& input) {
  MonitorRequest request = toProgram(input);
  request.plan = input.field("plan").bytes();
  return request;
}

Value executeProgram(const CallbackInfo& info) {
  const Input program(info, 0, "program");
  return inPool(info.Env(), task([request = toProgram(program),
                                  channel = Input(info, 1, "channel").descriptor()] {
                  executeMonitor(request, channel);
                }));
}

Value startMonitor(const CallbackInfo& info) {
  const Input input(info, 0, "request");
  return inPool(info.Env(),
                task([request = toRequest(input), steps = toCgroupSteps(input.field("cgroups"))] {
                  if (steps->empty()) return spawnMonitor(request, {});
                  return spawnMonitor(request, [&steps] { applyCgroupSteps(*steps); });
                }));
}

Value instructStarted(const CallbackInfo& info) {
  const Input request(info, 1, "request");
  return inPool(info.Env(), task([channel = Input(info, 0, "channel").descriptor(),
                                  plan = request.field("plan").bytes(),
                                  steps = toCgroupSteps(request.field("cgroups"))] {
                  instructMonitor(channel, plan, [&steps] { applyCgroupSteps(*steps); });
                }));
}

}  // namespace

void exportMonitor(Napi::Object exports) {
  definePromise<startMonitor>(exports, "startMonitor");
  definePromise<instructStarted>(exports, "instructMonitor");
  definePromise<executeProgram>(exports, "executeMonitor");
}

}  // namespace tslxc::addon
