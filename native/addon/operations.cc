// The export that runs plan operations in other namespaces, with the monitor's interpreter. They
// run in a thread of their own, which ends afterwards, so that no other thread changes namespaces.
#include <sched.h>

#include <utility>
#include <vector>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/own-thread.h"
#include "native/base/file.h"
#include "native/base/syscall.h"
#include "native/plan/decode.h"
#include "native/plan/interpret.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

struct Run {
  std::vector<Operation> operations;
  std::vector<Fd> join;
  int unshare = 0;
};

std::vector<Operation> toOperations(const Input& input) {
  try {
    return decodeOperations(input.bytes());
  } catch (const MalformedBytes& malformed) {
    input.refuse(std::string("encoded operations: ") + malformed.what);
  }
}

Run toRun(const CallbackInfo& info) {
  const Input options(info, 1, "options");
  Run run{toOperations(Input(info, 0, "operations")), {}, options.field("unshare").number<int>()};
  for (const int fd : options.field("join").descriptors()) run.join.push_back(duplicate(fd));
  return run;
}

void perform(const Run& run) {
  // Until now this thread shares its root and working directory with all others. While it does,
  // setns(2) refuses a mount namespace; and the operations change both.
  check(unshare(CLONE_FS), "unshare", "CLONE_FS");
  for (const Fd& fd : run.join) check(setns(fd.get(), 0), "setns");
  if (run.unshare != 0) check(unshare(run.unshare), "unshare");
  Interpreter().run(run.operations);
}

Value runOperations(const CallbackInfo& info) {
  return inOwnThread(info.Env(), task([run = toRun(info)] { perform(run); }), nullptr);
}

}  // namespace

void exportOperations(Napi::Object exports) {
  definePromise<runOperations>(exports, "runOperations");
}

}  // namespace tslxc::addon
