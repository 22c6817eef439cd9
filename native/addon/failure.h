// The one catch of the addon: attempt() ends a SyscallError and hands it back as data, for
// guarded() to throw in JavaScript or for a task to reject its promise with. Nothing else catches
// one.
#pragma once

#include <napi.h>

#include <optional>

#include "native/base/syscall.h"

namespace tslxc::addon {

// Runs `call`; hands back the failure that ended it, if one did.
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

// Every export goes through this. node-addon-api itself passes on a Napi::Error (and only that).
template <Function function>
Napi::Value guarded(const Napi::CallbackInfo& info) {
  Napi::Value result;
  const auto failure = attempt([&] { result = function(info); });
  if (failure) throw toError(info.Env(), *failure);
  return result;
}

// The same for a function that returns a promise: it rejects and doesn't throw. Only what is no
// call at all (a TypeError) is thrown at once.
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
