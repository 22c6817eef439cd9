// The module of the addon. It has no state: every environment (main thread, each worker) that loads
// it gets an object of its own with the same functions, which is never changed.
#include <napi.h>

#include "native/addon/exports.h"

namespace {

Napi::Object initialize(Napi::Env, Napi::Object exports) {
  tslxc::addon::exportAllocator(exports);
  tslxc::addon::exportAttributes(exports);
  tslxc::addon::exportCgroups(exports);
  tslxc::addon::exportGlances(exports);
  tslxc::addon::exportLinks(exports);
  tslxc::addon::exportLocks(exports);
  tslxc::addon::exportLoops(exports);
  tslxc::addon::exportMonitor(exports);
  tslxc::addon::exportMounts(exports);
  tslxc::addon::exportNetworks(exports);
  tslxc::addon::exportOperations(exports);
  tslxc::addon::exportProcesses(exports);
  tslxc::addon::exportQuotas(exports);
  tslxc::addon::exportRecordFiles(exports);
  tslxc::addon::exportRelabelling(exports);
  tslxc::addon::exportSockets(exports);
  tslxc::addon::exportSurveys(exports);
  tslxc::addon::exportTerminals(exports);
  tslxc::addon::exportTrees(exports);
  tslxc::addon::exportWatches(exports);
  exports.Freeze();
  return exports;
}

}  // namespace

NODE_API_MODULE(tslxc, initialize)
