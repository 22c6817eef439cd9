#include "native/addon/task.h"

#include <sched.h>

namespace tslxc::addon {
namespace {

struct PoolWork {
  std::unique_ptr<Task> task;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

// Yields before each job: only the kernel's tick would otherwise take a thread that runs one job
// after another off its processor, which the event loop may be waiting for.
void runInPool(napi_env, void* data) {
  sched_yield();
  static_cast<PoolWork*>(data)->task->run();
}

void completeInPool(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<PoolWork> pool(static_cast<PoolWork*>(data));
  const Napi::HandleScope scope(env);
  if (status == napi_ok) pool->task->settle(env, pool->deferred);  // else it never ran
  napi_delete_async_work(env, pool->work);
}

}  // namespace

void Task::run() {
  failure_ = attempt([&] { perform(); });
}

void Task::settle(Napi::Env env, napi_deferred deferred) {
  try {
    if (failure_) {
      napi_reject_deferred(env, deferred, toError(env, *failure_).Value());
    } else if (napi_resolve_deferred(env, deferred, value(env)) == napi_ok) {
      handOver();
    } else {
      abandon();
    }
  } catch (const Napi::Error&) {
    abandon();  // the environment is being torn down and makes no objects any more
  }
  forget();
}

void Task::abandon() {
  if (failure_) return;
  giveBack();
  forget();
}

Napi::Value promiseOf(Napi::Env env, napi_deferred* deferred) {
  napi_value promise = nullptr;
  const napi_status status = napi_create_promise(env, deferred, &promise);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  return {env, promise};
}

Napi::Value inPool(Napi::Env env, std::unique_ptr<Task> task) {
  auto pool = std::make_unique<PoolWork>();
  pool->task = std::move(task);
  const Napi::Value promise = promiseOf(env, &pool->deferred);
  napi_status status = napi_create_async_work(env, nullptr, Napi::String::New(env, "tslxc"),
                                              runInPool, completeInPool, pool.get(), &pool->work);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  status = napi_queue_async_work(env, pool->work);
  NAPI_THROW_IF_FAILED(env, status, Napi::Value());
  static_cast<void>(pool.release());  // completeInPool owns it
  return promise;
}

}  // namespace tslxc::addon
