#include "native/addon/network-input.h"

namespace tslxc::addon {

int networkOf(const Napi::CallbackInfo& info, size_t index) {
  const Input network(info, index, "namespace");
  return network.missing() ? -1 : network.descriptor();
}

std::string nameOf(const Napi::CallbackInfo& info) { return Input(info, 0, "name").text(); }

MacAddress toMacAddress(const Input& input) {
  const std::optional<MacAddress> address = parseMacAddress(input.text());
  if (!address) input.refuse("an address such as 52:54:00:12:34:56");
  return *address;
}

bool toFlag(const Input& input) { return input.flag(); }
uint32_t toNumber(const Input& input) { return input.number<uint32_t>(); }
std::string toText(const Input& input) { return input.text(); }

}  // namespace tslxc::addon
