// Exports that copy and remove trees, and put whole trees in place; native/base does the work.
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/walk.h"
#include "native/base/file.h"
#include "native/base/tree-copy.h"
#include "native/base/tree-place.h"
#include "native/base/tree-removal.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

TreeEntry entryOf(const Input& entry) {
  return {entry.field("directory").descriptor(), entry.field("name").text()};
}

Value copyTree(const CallbackInfo& info) {
  // A duplicate for the thread: the caller may close the original at any time.
  const auto target =
      std::make_shared<Fd>(duplicate(Input(info, 1, "target").field("into").descriptor()));
  return walked(info, [target](int source, const WalkReport& report) {
    tslxc::copyTree(source, target->get(), report);
  });
}

// The folder is the first argument, the name is in the second.
Value removeTree(const CallbackInfo& info) {
  const std::string name = Input(info, 1, "entry").field("name").text();
  return walked(info, [name](int folder, const WalkReport& report) {
    tslxc::removeTree({folder, name}, report);
  });
}

Value removeTreeNow(const CallbackInfo& info) {
  tslxc::removeTree(entryOf(Input(info, 0, "entry")), [](uint64_t) {});
  return info.Env().Undefined();
}

Value allowChanges(const CallbackInfo& info) {
  tslxc::allowChanges(fdArgument(info));
  return info.Env().Undefined();
}

Value exchangeEntries(const CallbackInfo& info) {
  tslxc::exchangeEntries(entryOf(Input(info, 0, "one")), entryOf(Input(info, 1, "other")));
  return info.Env().Undefined();
}

Value subvolumeKind(const CallbackInfo& info) {
  switch (tslxc::subvolumeKind(fdArgument(info))) {
    case Subvolume::whole:
      return Napi::String::New(info.Env(), "whole");
    case Subvolume::nested:
      return Napi::String::New(info.Env(), "nested");
    default:
      return Napi::String::New(info.Env(), "none");
  }
}

Value snapshotSubvolume(const CallbackInfo& info) {
  const auto directory =
      std::make_shared<Fd>(duplicate(Input(info, 1, "target").field("directory").descriptor()));
  const auto source = std::make_shared<Fd>(duplicate(fdArgument(info)));
  const std::string name = Input(info, 1, "target").field("name").text();
  return inPool(info.Env(), task([source, directory, name] {
                  tslxc::snapshotSubvolume(source->get(), {directory->get(), name});
                }));
}

Value removeSubvolume(const CallbackInfo& info) {
  const Input entry(info, 0, "entry");
  const auto directory = std::make_shared<Fd>(duplicate(entry.field("directory").descriptor()));
  const std::string name = entry.field("name").text();
  return inPool(info.Env(),
                task([directory, name] { tslxc::removeSubvolume({directory->get(), name}); }));
}

}  // namespace

void exportTrees(Napi::Object exports) {
  definePromise<copyTree>(exports, "copyTree");
  definePromise<removeTree>(exports, "removeTree");
  define<removeTreeNow>(exports, "removeTreeNow");
  define<allowChanges>(exports, "allowChanges");
  define<exchangeEntries>(exports, "exchangeEntries");
  define<subvolumeKind>(exports, "subvolumeKind");
  definePromise<snapshotSubvolume>(exports, "snapshotSubvolume");
  definePromise<removeSubvolume>(exports, "removeSubvolume");
}

}  // namespace tslxc::addon
