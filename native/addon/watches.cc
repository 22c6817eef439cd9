// Exports that tell when a descriptor becomes readable: poll handles of the environment's event
// loop.
#include <fcntl.h>
#include <uv.h>

#include <cerrno>
#include <initializer_list>
#include <memory>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

// One watched descriptor. It is owned by JavaScript's value, and by libuv until the handle is
// closed.
struct Watch {
  napi_env env = nullptr;
  Fd descriptor;
  uv_poll_t handle{};
  Napi::FunctionReference onReadable;
  napi_async_cleanup_hook_handle hook = nullptr;
  bool ended = false;
};

using SharedWatch = std::shared_ptr<Watch>;

void letGoOfWatch(uv_handle_t* handle) {
  const std::unique_ptr<SharedWatch> shared(static_cast<SharedWatch*>(handle->data));
  napi_remove_async_cleanup_hook((*shared)->hook);
}

void endWatch(Watch& watch) {
  if (watch.ended) return;
  watch.ended = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch.handle), letGoOfWatch);
  // libuv no longer polls it, so its number may be reused.
  watch.descriptor.reset();
  watch.onReadable.Reset();
}

// The environment ends; it waits until libuv has closed the handle.
void endWatchAtTeardown(napi_async_cleanup_hook_handle, void* data) {
  endWatch(*static_cast<Watch*>(data));
}

// libuv's errors are errno, negated.
void checkPoll(int result) {
  if (result < 0) throw SyscallError{-result, "epoll_ctl", {}};
}

void tellReadable(uv_poll_t* handle, int status, int) {
  const SharedWatch watch = *static_cast<SharedWatch*>(handle->data);
  // After an error libuv stops polling, though there may still be data to read.
  if (status < 0) uv_poll_start(handle, UV_READABLE, tellReadable);
  const Napi::Env env(watch->env);
  const Napi::HandleScope scope(env);
  try {
    watch->onReadable.MakeCallback(env.Global(), std::initializer_list<napi_value>{});
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

Value watchReadable(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[1].IsFunction()) Input(info, 1, "onReadable").refuse("a function");
  const auto watch = std::make_shared<Watch>();
  watch->env = env;
  // A duplicate: libuv allows one poll handle for each descriptor number.
  watch->descriptor = Fd(check(fcntl(fdArgument(info), F_DUPFD_CLOEXEC, 0), "fcntl"));
  uv_loop_t* loop = nullptr;
  NAPI_THROW_IF_FAILED(env, napi_get_uv_event_loop(env, &loop), Value());
  checkPoll(uv_poll_init(loop, &watch->handle, watch->descriptor.get()));
  watch->handle.data = new SharedWatch(watch);
  watch->onReadable = Napi::Persistent(info[1].As<Napi::Function>());
  const napi_status status =
      napi_add_async_cleanup_hook(env, endWatchAtTeardown, watch.get(), &watch->hook);
  NAPI_THROW_IF_FAILED(env, status, Value());
  return Napi::External<SharedWatch>::New(env, new SharedWatch(watch),
                                          [](Napi::Env, SharedWatch* shared) { delete shared; });
}

Value changeWatch(const CallbackInfo& info) {
  if (!info[0].IsExternal()) Input(info, 0, "watch").refuse("a watch");
  Watch& watch = **info[0].As<Napi::External<SharedWatch>>().Data();
  enum State : size_t { kOn, kOff, kEnded };
  const size_t state = Input(info, 1, "state").word({"on", "off", "ended"});
  if (state == kEnded) {
    endWatch(watch);
  } else if (watch.ended) {
    throw SyscallError{EBADF, "epoll_ctl", {}};
  } else if (state == kOn) {
    checkPoll(uv_poll_start(&watch.handle, UV_READABLE, tellReadable));
  } else {
    checkPoll(uv_poll_stop(&watch.handle));
  }
  return info.Env().Undefined();
}

}  // namespace

void exportWatches(Napi::Object exports) {
  define<watchReadable>(exports, "watchReadable");
  define<changeWatch>(exports, "changeWatch");
}

}  // namespace tslxc::addon
