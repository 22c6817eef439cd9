// The exports by concept: each function here adds those of one file to the addon's object.
#pragma once

#include <napi.h>

namespace tslxc::addon {

void exportAllocator(Napi::Object exports);
void exportAttributes(Napi::Object exports);
void exportCgroups(Napi::Object exports);
void exportGlances(Napi::Object exports);
void exportLinks(Napi::Object exports);
void exportLocks(Napi::Object exports);
void exportLoops(Napi::Object exports);
void exportMonitor(Napi::Object exports);
void exportMounts(Napi::Object exports);
void exportNetworks(Napi::Object exports);
void exportOperations(Napi::Object exports);
void exportProcesses(Napi::Object exports);
void exportQuotas(Napi::Object exports);
void exportRecordFiles(Napi::Object exports);
void exportRelabelling(Napi::Object exports);
void exportSockets(Napi::Object exports);
void exportSurveys(Napi::Object exports);
void exportTerminals(Napi::Object exports);
void exportTrees(Napi::Object exports);
void exportWatches(Napi::Object exports);

}  // namespace tslxc::addon
