// Exports for tslxc's own small files. A file of the run folder takes a few system calls that never
// block for long: on the event loop they cost less than a job of the pool. A log may be on a disk,
// so it is written in the pool.
#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/addon/task.h"
#include "native/base/record-file.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

std::string recordPath(const CallbackInfo& info) { return Input(info, 0, "path").text(); }

// undefined if there is nothing, null if it is not a regular file.
template <typename Found, typename Convert>
Value foundValue(Napi::Env env, const Found& seen, Convert convert) {
  switch (seen.kind) {
    case FoundKind::missing:
      return env.Undefined();
    case FoundKind::other:
      return env.Null();
    default:
      return convert(seen);
  }
}

Value readRecord(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return foundValue(env, tslxc::readRecord(recordPath(info)), [&](const FoundFile& file) -> Value {
    return Napi::String::New(env, file.content);
  });
}

Value isRecordLocked(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const off_t offset = Input(info, 1, "offset").number<off_t>();
  return foundValue(
      env, tslxc::lookAtLock(recordPath(info), offset),
      [&](const FoundLock& lock) -> Value { return Napi::Boolean::New(env, lock.held); });
}

Value makeRecord(const CallbackInfo& info) {
  const Made made = tslxc::makeRecord(recordPath(info), Input(info, 1, "content").text());
  return Napi::Boolean::New(info.Env(), made == Made::done);
}

Value replaceRecord(const CallbackInfo& info) {
  const Made made = tslxc::replaceRecord(recordPath(info), Input(info, 1, "content").text());
  return Napi::Boolean::New(info.Env(), made == Made::done);
}

Value appendLog(const CallbackInfo& info) {
  return inPool(info.Env(), task([path = recordPath(info), text = Input(info, 1, "text").text(),
                                  most = Input(info, 2, "most").number<off_t>()] {
                  tslxc::appendLog(path, text, most);
                }));
}

Value removeRecord(const CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), tslxc::removeRecord(recordPath(info)));
}

}  // namespace

void exportRecordFiles(Napi::Object exports) {
  define<readRecord>(exports, "readRecord");
  define<isRecordLocked>(exports, "isRecordLocked");
  define<makeRecord>(exports, "makeRecord");
  define<replaceRecord>(exports, "replaceRecord");
  define<removeRecord>(exports, "removeRecord");
  definePromise<appendLog>(exports, "appendLog");
}

}  // namespace tslxc::addon
