// Exports that limit and trim the memory that the C library's allocator keeps; native/base does the
// work.
#include "native/base/allocator.h"

#include <cstdint>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value limitMalloc(const CallbackInfo& info) {
  const Input limits(info, 0, "limits");
  const auto limit = [&](const char* name) { return limits.field(name).number<int>(); };
  limitAllocator({limit("arenas"), limit("trimThreshold")});
  return info.Env().Undefined();
}

Value trimMalloc(const CallbackInfo& info) {
  const auto keep = Input(info, 0, "keep").number<int64_t>();
  return Napi::Boolean::New(info.Env(), trimAllocator(keep));
}

}  // namespace

void exportAllocator(Napi::Object exports) {
  define<limitMalloc>(exports, "limitMalloc");
  define<trimMalloc>(exports, "trimMalloc");
}

}  // namespace tslxc::addon
