// Work that must not block the event loop, as a promise. An environment may end while it runs: then
// its promise never settles, and what the task has acquired is given back.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "native/addon/failure.h"
#include "native/base/fd.h"

namespace tslxc::addon {

class Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  // In the other thread: does the work and keeps how it ended.
  void run();
  // In JavaScript's thread: resolves or rejects.
  void settle(Napi::Env env, napi_deferred deferred);
  // Instead of settle(), in either thread, when the environment has ended.
  void abandon();

 private:
  virtual void perform() = 0;
  virtual Napi::Value value(Napi::Env env) = 0;
  // JavaScript owns the value now, and what it names.
  virtual void handOver() = 0;
  virtual void giveBack() = 0;
  // Releases what the work held (descriptors of its own), before JavaScript goes on.
  virtual void forget() = 0;

  std::optional<SyscallError> failure_;
};

// A promise of this environment.
Napi::Value promiseOf(Napi::Env env, napi_deferred* deferred);

// Runs the task in libuv's pool, and returns its promise. Not for one that waits for another
// process: see own-thread.h.
Napi::Value inPool(Napi::Env env, std::unique_ptr<Task> task);

inline Napi::Value toValue(Napi::Env env, std::monostate) { return env.Undefined(); }
inline Napi::Value toValue(Napi::Env env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value toValue(Napi::Env env, const Fd& fd) { return Napi::Number::New(env, fd.get()); }

inline void handOverValue(Fd& fd) { static_cast<void>(fd.release()); }
template <typename Result>
void handOverValue(Result&) {}

struct NothingToGiveBack {
  void operator()() const {}
};

// A task that runs a function without parameters. toValue(), selected by the type of the result,
// converts it for JavaScript. `undo` undoes an effect that isn't in the result; it must not throw.
template <typename Work, typename Undo>
class FunctionTask final : public Task {
  using Returned = std::invoke_result_t<Work&>;
  using Result = std::conditional_t<std::is_void_v<Returned>, std::monostate, Returned>;

 public:
  FunctionTask(Work work, Undo undo) : work_(std::move(work)), undo_(std::move(undo)) {}

 private:
  void perform() override {
    if constexpr (std::is_void_v<Returned>) {
      (*work_)();
    } else {
      result_ = (*work_)();
    }
  }
  Napi::Value value(Napi::Env env) override { return toValue(env, result_); }
  void handOver() override { handOverValue(result_); }
  void giveBack() override {
    result_ = Result{};
    (*undo_)();
  }
  void forget() override {
    work_.reset();
    undo_.reset();
  }

  std::optional<Work> work_;
  std::optional<Undo> undo_;
  Result result_{};
};

template <typename Work, typename Undo = NothingToGiveBack>
std::unique_ptr<Task> task(Work work, Undo undo = {}) {
  return std::make_unique<FunctionTask<Work, Undo>>(std::move(work), std::move(undo));
}

}  // namespace tslxc::addon
