// What an errno means, in English: no program of tslxc sets a locale, so glibc looks for no
// translation.
#pragma once

#include <string.h>

#include <array>
#include <string>

namespace tslxc {

inline std::string errorText(int error) {
  std::array<char, 128> unknown;
  return strerror_r(error, unknown.data(), unknown.size());
}

}  // namespace tslxc
