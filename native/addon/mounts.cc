// Exports for detached mounts and for opening paths below a root; native/base does the work.
#include <fcntl.h>
#include <sys/mount.h>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/mount.h"
#include "native/base/path.h"
#include "native/base/sealed-copy.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value number(const CallbackInfo& info, Fd fd) {
  return Napi::Number::New(info.Env(), fd.release());
}

Depth depthOf(const Input& options) {
  return options.field("depth").word({"single", "recursive"}) == 0 ? Depth::single
                                                                   : Depth::recursive;
}

Value makeFilesystem(const CallbackInfo& info) {
  return number(
      info, tslxc::makeFilesystem(Input(info, 0, "type").text(), Input(info, 1, "options").texts(),
                                  Input(info, 2, "attributes").number<uint32_t>()));
}

Value openTree(const CallbackInfo& info) {
  const Input options(info, 1, "options");
  const bool leave = options.field("automount").word({"leave", "trigger"}) == 0;
  return number(info, tslxc::openTree(AT_FDCWD, Input(info, 0, "path").text(), depthOf(options),
                                      leave ? Automount::leave : Automount::trigger));
}

uint64_t propagationOf(const Input& propagation) {
  if (propagation.missing()) return 0;
  switch (propagation.word({"private", "slave", "shared"})) {
    case 0:
      return MS_PRIVATE;
    case 1:
      return MS_SLAVE;
    default:
      return MS_SHARED;
  }
}

uint64_t bitsOf(const Input& bits) { return bits.missing() ? 0 : bits.number<uint32_t>(); }

Value setTreeAttributes(const CallbackInfo& info) {
  const Input change(info, 1, "attributes");
  TreeAttributes attributes;
  attributes.set = bitsOf(change.field("set"));
  attributes.clear = bitsOf(change.field("clear"));
  attributes.propagation = propagationOf(change.field("propagation"));
  attributes.depth = depthOf(change);
  tslxc::setTreeAttributes(Input(info, 0, "tree").descriptor(), attributes, {});
  return info.Env().Undefined();
}

Value attachTree(const CallbackInfo& info) {
  tslxc::attachTree(Input(info, 0, "tree").descriptor(), Input(info, 1, "target").descriptor(), {});
  return info.Env().Undefined();
}

Value openInRoot(const CallbackInfo& info) {
  return number(
      info, tslxc::openInRoot(Input(info, 0, "root").descriptor(), Input(info, 1, "path").text(),
                              Input(info, 2, "flags").number<int>()));
}

Value sealedCopy(const CallbackInfo& info) {
  return number(info, tslxc::sealedCopy(Input(info, 0, "path").text()));
}

}  // namespace

void exportMounts(Napi::Object exports) {
  define<makeFilesystem>(exports, "makeFilesystem");
  define<openTree>(exports, "openTree");
  define<setTreeAttributes>(exports, "setTreeAttributes");
  define<attachTree>(exports, "attachTree");
  define<openInRoot>(exports, "openInRoot");
  define<sealedCopy>(exports, "sealedCopy");
}

}  // namespace tslxc::addon
