#include "native/addon/own-thread.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "native/base/thread.h"

namespace tslxc::addon {
namespace {

// What a thread and the environment share. An environment that is torn down frees the queue even
// while a thread holds it: `queue`, under the mutex, tells the thread whether it still exists.
struct Waiting {
  std::unique_ptr<Task> task;
  std::shared_ptr<Interruption> interruption;
  napi_deferred deferred = nullptr;
  pthread_t thread{};
  std::mutex mutex;
  std::condition_variable changed;
  bool ran = false;                          // the task is done; until then the thread is alive
  napi_threadsafe_function queue = nullptr;  // null after teardown
};

using Shared = std::shared_ptr<Waiting>;

// Interrupts the task's system call; after kAttempts the worker's teardown goes on without it.
void interrupt(Waiting& waiting, std::unique_lock<std::mutex>& lock) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts && !waiting.ran; ++attempt) {
    waiting.interruption->interrupt(waiting.thread);
    waiting.changed.wait_for(lock, std::chrono::milliseconds(1), [&] { return waiting.ran; });
  }
}

// Drops the environment's reference when the queue is destroyed: after the task, or at teardown.
void forgetQueue(napi_env, void* data, void*) {
  const std::unique_ptr<Shared> shared(static_cast<Shared*>(data));
  Waiting& waiting = **shared;
  std::unique_lock lock(waiting.mutex);
  waiting.queue = nullptr;
  if (waiting.interruption) interrupt(waiting, lock);
}

// `data` is a reference of the call's own, since at teardown forgetQueue runs first.
void settleWaiting(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Shared> waiting(static_cast<Shared*>(data));
  // Torn down with the call still in the queue.
  if (env == nullptr) return (*waiting)->task->abandon();
  const Napi::HandleScope scope(env);
  (*waiting)->task->settle(env, (*waiting)->deferred);
}

// Tells JavaScript's thread to settle the promise; false if that thread is gone.
bool deliver(const Shared& waiting) {
  if (waiting->queue == nullptr) return false;
  auto call = std::make_unique<Shared>(waiting);
  // May return napi_closing: the environment is ending, and forgetQueue has yet to run.
  const napi_status status =
      napi_call_threadsafe_function(waiting->queue, call.get(), napi_tsfn_blocking);
  if (status != napi_ok) return false;
  static_cast<void>(call.release());  // settleWaiting owns it
  napi_release_threadsafe_function(waiting->queue, napi_tsfn_release);
  return true;
}

void* wait(void* data) {
  const std::unique_ptr<Shared> shared(static_cast<Shared*>(data));
  Waiting& waiting = **shared;
  Interruption::allow();
  waiting.task->run();
  const std::lock_guard lock(waiting.mutex);
  // Given back before a thread that waits for this one goes on.
  if (!deliver(*shared)) waiting.task->abandon();
  waiting.ran = true;
  waiting.changed.notify_all();
  return nullptr;
}

void makeQueue(Napi::Env env, const Shared& waiting) {
  auto shared = std::make_unique<Shared>(waiting);
  const napi_status status = napi_create_threadsafe_function(
      env, nullptr, nullptr, Napi::String::New(env, "tslxc"), 0, 1, shared.get(), forgetQueue,
      nullptr, settleWaiting, &waiting->queue);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  static_cast<void>(shared.release());  // forgetQueue owns it
}

void start(const Shared& waiting) {
  auto shared = std::make_unique<Shared>(waiting);
  const std::lock_guard lock(waiting->mutex);  // `thread` is not read before it is set
  waiting->thread = startThread(wait, shared.get());
  static_cast<void>(shared.release());  // the thread owns it
  pthread_detach(waiting->thread);
}

}  // namespace

Napi::Value inOwnThread(Napi::Env env, std::unique_ptr<Task> task,
                        std::shared_ptr<Interruption> interruption) {
  const auto waiting = std::make_shared<Waiting>();
  waiting->task = std::move(task);
  waiting->interruption = std::move(interruption);
  if (waiting->interruption) Interruption::prepare();
  const Napi::Value promise = promiseOf(env, &waiting->deferred);
  makeQueue(env, waiting);
  if (const auto failure = attempt([&] { start(waiting); })) {
    waiting->ran = true;
    napi_release_threadsafe_function(waiting->queue, napi_tsfn_abort);
    throw SyscallError(*failure);
  }
  return promise;
}

}  // namespace tslxc::addon
