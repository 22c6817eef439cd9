// Exports for cgroups. All run in the pool: a write to a cgroup may wait for an RCU grace period.
#include <chrono>
#include <string>
#include <vector>

#include "native/addon/cgroup-step.h"
#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/cgroup-processes.h"
#include "native/base/cgroup-removal.h"
#include "native/base/cgroup.h"

namespace tslxc {

// The result of a task; its type selects the toValue() below.
struct ProcessNumbers {
  std::vector<pid_t> numbers;
};

static Napi::Value toValue(Napi::Env env, const ProcessNumbers& processes) {
  Napi::Array array = Napi::Array::New(env, processes.numbers.size());
  uint32_t index = 0;
  for (const pid_t pid : processes.numbers) array.Set(index++, Napi::Number::New(env, pid));
  return array;
}

}  // namespace tslxc

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

std::chrono::milliseconds limitOf(const CallbackInfo& info, size_t index) {
  return std::chrono::milliseconds(Input(info, index, "milliseconds").number<int>());
}

Value applyCgroupSteps(const CallbackInfo& info) {
  return inPool(info.Env(), task([steps = toCgroupSteps(Input(info, 0, "steps"))] {
                  tslxc::applyCgroupSteps(*steps);
                }));
}

Value killCgroups(const CallbackInfo& info) {
  return inPool(info.Env(), task([paths = Input(info, 0, "paths").texts(),
                                  limit = limitOf(info, 1)] { tslxc::killCgroups(paths, limit); }));
}

Value removeCgroups(const CallbackInfo& info) {
  return inPool(info.Env(),
                task([paths = Input(info, 0, "paths").texts(), limit = limitOf(info, 1)] {
                  tslxc::removeCgroups(paths, limit);
                }));
}

Value removeMarkedCgroups(const CallbackInfo& info) {
  const Input options(info, 1, "options");
  const Input mark = options.field("mark");
  return inPool(
      info.Env(),
      task([paths = Input(info, 0, "paths").texts(),
            marked = MarkedCgroups{mark.field("name").text(), mark.field("value").text(),
                                   options.field("inner").text()},
            limit = limitOf(info, 2)] { tslxc::removeMarkedCgroups(paths, marked, limit); }));
}

Value processesInCgroups(const CallbackInfo& info) {
  return inPool(info.Env(), task([paths = Input(info, 0, "paths").texts(),
                                  most = Input(info, 1, "most").number<uint32_t>()] {
                  return ProcessNumbers{tslxc::processesInCgroups(paths, most)};
                }));
}

Value freezeCgroup(const CallbackInfo& info) {
  const bool frozen = Input(info, 1, "state").word({"frozen", "thawed"}) == 0;
  return inPool(info.Env(),
                task([path = Input(info, 0, "path").text(),
                      state = frozen ? FreezerState::frozen : FreezerState::thawed,
                      limit = limitOf(info, 2)] { tslxc::freezeCgroup(path, state, limit); }));
}

}  // namespace

void exportCgroups(Napi::Object exports) {
  definePromise<applyCgroupSteps>(exports, "applyCgroupSteps");
  definePromise<killCgroups>(exports, "killCgroups");
  definePromise<removeCgroups>(exports, "removeCgroups");
  definePromise<removeMarkedCgroups>(exports, "removeMarkedCgroups");
  definePromise<processesInCgroups>(exports, "processesInCgroups");
  definePromise<freezeCgroup>(exports, "freezeCgroup");
}

}  // namespace tslxc::addon
