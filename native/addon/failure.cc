#include "native/addon/failure.h"

#include <uv.h>

#include <array>
#include <string>

namespace tslxc::addon {
namespace {

// `ENOENT` for 2, as Node names it; `E10` for an errno that libuv has no name for.
std::string errnoWord(int error) {
  std::array<char, 64> name{};
  uv_err_name_r(-error, name.data(), name.size());
  return name[0] == 'E' ? name.data() : "E" + std::to_string(error);
}

}  // namespace

Napi::Error toError(Napi::Env env, const SyscallError& failure) {
  const std::string name = errnoWord(failure.error);
  std::string message = failure.syscall;
  if (!failure.subject.empty()) message.append(" ").append(failure.subject);

  Napi::Error error = Napi::Error::New(env, message.append(": ").append(name));
  error.Set("errno", Napi::Number::New(env, failure.error));
  error.Set("code", Napi::String::New(env, name));
  error.Set("syscall", Napi::String::New(env, failure.syscall));
  if (!failure.subject.empty()) error.Set("path", Napi::String::New(env, failure.subject));
  return error;
}

}  // namespace tslxc::addon
