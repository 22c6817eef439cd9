// The export that tells what the kernel's caches hold about a path: see native/base/glance.h.
#include <sys/sysmacros.h>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/glance.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value glance(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto seen = tslxc::glance(Input(info, 0, "root").text(), Input(info, 1, "path").text());
  if (!seen) return env.Undefined();
  const struct statx& state = seen->state;
  Napi::Object object = Napi::Object::New(env);
  const auto set = [&](const char* name, uint64_t value) {
    object.Set(name, Napi::BigInt::New(env, value));
  };
  object.Set("mode", Napi::Number::New(env, state.stx_mode));
  object.Set("uid", Napi::Number::New(env, state.stx_uid));
  object.Set("gid", Napi::Number::New(env, state.stx_gid));
  set("size", state.stx_size);
  set("device", makedev(state.stx_dev_major, state.stx_dev_minor));
  set("inode", state.stx_ino);
  set("node", makedev(state.stx_rdev_major, state.stx_rdev_minor));
  set("mount", state.stx_mnt_id);
  object.Set("realPath", Napi::String::New(env, seen->realPath));
  return object;
}

}  // namespace

void exportGlances(Napi::Object exports) { define<glance>(exports, "glance"); }

}  // namespace tslxc::addon
