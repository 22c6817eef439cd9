// What the fuzzers call, one function each: it takes any bytes, and ends the process when the
// product breaks a promise.
#pragma once

#include <string_view>

namespace tslxc::fuzz {

void plan(std::string_view bytes);
void messages(std::string_view bytes);
void netlink(std::string_view bytes);
void control(std::string_view bytes);
void attendant(std::string_view bytes);

}  // namespace tslxc::fuzz
