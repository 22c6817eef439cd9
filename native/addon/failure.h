// The only place where the addon catches a SyscallError: attempt() returns it as data, which
// guarded() throws in JavaScript, and which a task rejects its promise with.
#pragma once

#include <napi.h>

#include <optional>

#include "native/base/syscall.h"

namespace tslxc::addon {

// Runs `call`; returns the failure that ended it, if any.
template <typename Call>
std::optional<SyscallError> attempt(Call&& call) {
  try {
    call();
    return std::nullopt;
  } catch (const SyscallError& failure) {
    return failure;
  }
}

// A JavaScript Error with the fields `errno` (positive), `code` (its name), `syscall` and `path`.
Napi::Error toError(Napi::Env env, const SyscallError& failure);

using Function = Napi::Value (*)(const Napi::CallbackInfo&);

// Every export goes through this. node-addon-api itself turns a Napi::Error, and nothing else, into
// a JavaScript exception.
template <Function function>
Napi::Value guarded(const Napi::CallbackInfo& info) {
  Napi::Value result;
  const auto failure = attempt([&] { result = function(info); });
  if (failure) throw toError(info.Env(), *failure);
  return result;
}

// The same for a function that returns a promise, which a failure rejects. Only a TypeError about
// the arguments is thrown at once.
template <Function function>
Napi::Value guardedPromise(const Napi::CallbackInfo& info) {
  Napi::Value result;
  const auto failure = attempt([&] { result = function(info); });
  if (!failure) return result;
  const auto deferred = Napi::Promise::Deferred::New(info.Env());
  deferred.Reject(toError(info.Env(), *failure).Value());
  return deferred.Promise();
}

// Makes `function` an export under this name.
template <Function function>
void define(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<guarded<function>>(exports.Env(), name));
}

template <Function function>
void definePromise(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<guardedPromise<function>>(exports.Env(), name));
}

}  // namespace tslxc::addon
