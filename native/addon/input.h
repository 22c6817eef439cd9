// An argument of a call from JavaScript, or a part of one, with the name that its errors carry.
// Reading it as something that it is not throws TypeError; nothing is converted silently.
#pragma once

#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tslxc::addon {

class Input {
 public:
  Input(const Napi::CallbackInfo& info, size_t index, std::string name);

  bool missing() const;  // undefined

  // A member of an object; missing() when it has none of that name.
  Input field(const char* name) const;
  // The elements of an array.
  std::vector<Input> items() const;

  // The result of `read` for an array that never changes: cached on it, so that it is read once.
  template <typename Kept>
  std::shared_ptr<const Kept> once(Kept (*read)(const Input&)) const {
    using Shared = std::shared_ptr<const Kept>;
    if (!value_.IsArray()) refuse("an array");
    if (value_.As<Napi::Array>().Length() == 0) return std::make_shared<const Kept>(read(*this));
    void* known = nullptr;
    if (napi_unwrap(value_.Env(), value_, &known) == napi_ok) return *static_cast<Shared*>(known);
    auto kept = std::make_unique<Shared>(std::make_shared<const Kept>(read(*this)));
    Shared result = *kept;
    const auto forget = [](napi_env, void* data, void*) { delete static_cast<Shared*>(data); };
    const napi_status status =
        napi_wrap(value_.Env(), value_, kept.get(), forget, nullptr, nullptr);
    if (status == napi_ok) static_cast<void>(kept.release());  // the array owns it
    return result;
  }

  // A string without NUL bytes (the kernel would see only what comes before one).
  std::string text() const;
  std::vector<std::string> texts() const;
  bool flag() const;
  // The content of a Uint8Array, copied.
  std::string bytes() const;
  // An integer that fits into the type.
  template <typename Integer>
  Integer number() const {
    using Limits = std::numeric_limits<Integer>;
    return static_cast<Integer>(
        integer(static_cast<double>(Limits::min()), static_cast<double>(Limits::max())));
  }
  // A descriptor, or -1. Other negative numbers are refused: AT_FDCWD has a meaning.
  int descriptor() const;
  std::vector<int> descriptors() const;
  // One of these words; the result is its position.
  size_t word(std::initializer_list<std::string_view> words) const;

  // Throws "<name> must be <expected>".
  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  Input(Napi::Value value, std::string name);
  Input item(const Napi::Array& array, uint32_t index) const;
  double integer(double least, double most) const;
  Napi::Value value_;
  std::string name_;
};

// The descriptor that is a function's first argument, "fd".
int fdArgument(const Napi::CallbackInfo& info);

}  // namespace tslxc::addon
