// Exports that make a file system that is mounted nowhere, open files, detect changes of the
// mounts, and ask which ioctls a file knows; native/base does the work.
#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/file.h"
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

Value makeFilesystem(const CallbackInfo& info) {
  return number(
      info, tslxc::makeFilesystem(Input(info, 0, "type").text(), Input(info, 1, "options").texts(),
                                  Input(info, 2, "attributes").number<uint32_t>()));
}

Value openInRoot(const CallbackInfo& info) {
  return number(
      info, tslxc::openInRoot(Input(info, 0, "root").descriptor(), Input(info, 1, "path").text(),
                              Input(info, 2, "flags").number<int>()));
}

Value sealedCopy(const CallbackInfo& info) {
  return number(info, tslxc::sealedCopy(Input(info, 0, "path").text()));
}

Value hasChanged(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tslxc::hasChanged(fdArgument(info)));
}

Value tryIoctl(const CallbackInfo& info) {
  const int error =
      tslxc::tryIoctl(Input(info, 0, "path").text(), Input(info, 1, "command").number<uint32_t>());
  return Napi::Number::New(info.Env(), error);
}

}  // namespace

void exportMounts(Napi::Object exports) {
  define<makeFilesystem>(exports, "makeFilesystem");
  define<openInRoot>(exports, "openInRoot");
  define<sealedCopy>(exports, "sealedCopy");
  define<hasChanged>(exports, "hasChanged");
  define<tryIoctl>(exports, "tryIoctl");
}

}  // namespace tslxc::addon
