// Hardware addresses as bytes and as text with colons.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tslxc {

// Six bytes, or empty for one that the kernel chooses.
using MacAddress = std::string;

// `52:54:00:12:34:56` and nothing else.
std::optional<MacAddress> parseMacAddress(std::string_view text);

// Lower case; '' for no bytes. Of any length: not every interface is an Ethernet one.
std::string formatMacAddress(std::string_view address);

}  // namespace tslxc
