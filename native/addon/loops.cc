// Exports for loop devices of given numbers; native/base does the work.
#include <cstdint>
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/loop.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value attachLoop(const CallbackInfo& info) {
  const Input request(info, 0, "request");
  const size_t access = request.field("access").word({"readOnly", "readWrite"});
  return inPool(info.Env(), task([number = request.field("number").number<uint32_t>(),
                                  image = request.field("image").text(),
                                  access = access == 0 ? Access::readOnly : Access::readWrite] {
                  attachNumberedLoop(number, image, access);
                }));
}

Value detachLoop(const CallbackInfo& info) {
  return inPool(info.Env(), task([number = Input(info, 0, "number").number<uint32_t>()] {
                  tslxc::detachLoop(number);
                }));
}

}  // namespace

void exportLoops(Napi::Object exports) {
  definePromise<attachLoop>(exports, "attachLoop");
  definePromise<detachLoop>(exports, "detachLoop");
}

}  // namespace tslxc::addon
