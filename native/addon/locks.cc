// Exports for locks on open files. Those that wait duplicate the caller's descriptor, which may be
// closed, and its number reused, while they wait. A lock that is acquired after the worker that
// waited for it has ended is released.
#include <memory>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/own-thread.h"
#include "native/base/file.h"
#include "native/base/lock.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

FlockMode modeOf(const CallbackInfo& info) {
  return Input(info, 1, "mode").word({"shared", "exclusive"}) == 0 ? FlockMode::shared
                                                                   : FlockMode::exclusive;
}

off_t offsetOf(const CallbackInfo& info) { return Input(info, 1, "offset").number<off_t>(); }

// Acquires a lock by `take` in a thread of its own; `giveBack` releases it.
template <typename Take, typename GiveBack>
Value waitFor(const CallbackInfo& info, Take take, GiveBack giveBack) {
  const auto interruption = std::make_shared<Interruption>();
  const auto fd = std::make_shared<const Fd>(duplicate(fdArgument(info)));
  return inOwnThread(info.Env(),
                     task([fd, take, interruption] { return take(fd->get(), *interruption); },
                          [fd, giveBack] { attempt([&] { giveBack(fd->get()); }); }),
                     interruption);
}

Value flock(const CallbackInfo& info) {
  const FlockMode mode = modeOf(info);
  const Input limit(info, 2, "milliseconds");
  const int milliseconds = limit.missing() ? -1 : limit.number<int>();
  return waitFor(
      info,
      [mode, milliseconds](int fd, const Interruption& interruption) {
        return waitFlock(fd, mode, milliseconds, interruption);
      },
      [](int fd) { tslxc::unlockFlock(fd); });
}

Value tryFlock(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tslxc::tryFlock(fdArgument(info), modeOf(info)));
}

Value lockByte(const CallbackInfo& info) {
  const off_t offset = offsetOf(info);
  return waitFor(
      info,
      [offset](int fd, const Interruption& interruption) { waitByte(fd, offset, interruption); },
      [offset](int fd) { tslxc::unlockByte(fd, offset); });
}

Value tryLockByte(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tryByte(fdArgument(info), offsetOf(info)));
}

Value tryLockByteShared(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tryByteShared(fdArgument(info), offsetOf(info)));
}

Value isByteHeld(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tslxc::isByteHeld(fdArgument(info), offsetOf(info)));
}

Value isByteLocked(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tslxc::isByteLocked(fdArgument(info), offsetOf(info)));
}

}  // namespace

void exportLocks(Napi::Object exports) {
  definePromise<flock>(exports, "flock");
  define<tryFlock>(exports, "tryFlock");
  definePromise<lockByte>(exports, "lockByte");
  define<tryLockByte>(exports, "tryLockByte");
  define<tryLockByteShared>(exports, "tryLockByteShared");
  define<isByteHeld>(exports, "isByteHeld");
  define<isByteLocked>(exports, "isByteLocked");
}

}  // namespace tslxc::addon
