// Exports that address processes by pidfd, close a descriptor, and send the datagram of
// sd_notify(3).
#include <unistd.h>

#include <memory>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/own-thread.h"
#include "native/base/datagram.h"
#include "native/base/file.h"
#include "native/base/process.h"
#include "native/base/syscall.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value openPidfd(const CallbackInfo& info) {
  Fd pidfd = tslxc::openPidfd(Input(info, 0, "pid").number<pid_t>());
  return Napi::Number::New(info.Env(), pidfd.release());
}

Value signalPidfd(const CallbackInfo& info) {
  tslxc::signalPidfd(Input(info, 0, "pidfd").descriptor(), Input(info, 1, "signal").number<int>());
  return info.Env().Undefined();
}

Value waitPidfd(const CallbackInfo& info) {
  const int limit = Input(info, 1, "milliseconds").number<int>();
  const auto interruption = std::make_shared<Interruption>();
  return inOwnThread(
      info.Env(), task([fd = duplicate(Input(info, 0, "pidfd").descriptor()), limit, interruption] {
        return tslxc::waitPidfd(fd.get(), limit, *interruption);
      }),
      interruption);
}

Value closeDescriptor(const CallbackInfo& info) {
  check(close(fdArgument(info)), "close");
  return info.Env().Undefined();
}

Value sendDatagram(const CallbackInfo& info) {
  tslxc::sendDatagram(Input(info, 0, "path").text(), Input(info, 1, "text").text());
  return info.Env().Undefined();
}

}  // namespace

void exportProcesses(Napi::Object exports) {
  define<openPidfd>(exports, "openPidfd");
  define<signalPidfd>(exports, "signalPidfd");
  definePromise<waitPidfd>(exports, "waitPidfd");
  define<closeDescriptor>(exports, "closeDescriptor");
  define<sendDatagram>(exports, "sendDatagram");
}

}  // namespace tslxc::addon
