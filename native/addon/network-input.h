// Arguments that the exports for networking have in common.
#pragma once

#include <napi.h>

#include <optional>
#include <string>

#include "native/addon/input.h"
#include "native/base/mac-address.h"

namespace tslxc::addon {

// The descriptor of a network namespace, or -1 when there is no such argument.
int networkOf(const Napi::CallbackInfo& info, size_t index);

// The first argument.
std::string nameOf(const Napi::CallbackInfo& info);

MacAddress toMacAddress(const Input& input);

// The result of `read`, or nothing if the member is missing.
template <typename Read>
auto optional(const Input& input, Read read) -> std::optional<decltype(read(input))> {
  if (input.missing()) return {};
  return read(input);
}

bool toFlag(const Input& input);
uint32_t toNumber(const Input& input);
std::string toText(const Input& input);

}  // namespace tslxc::addon
