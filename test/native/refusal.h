// What the programs of this folder share: how a refusal is told from a success. Only assert(3)
// besides.
#pragma once

#undef NDEBUG
#include <cassert>
#include <fstream>
#include <iterator>
#include <string>

#include "native/base/bytes.h"
#include "native/base/syscall.h"

namespace tslxc::test {

// True when `call` throws MalformedBytes. Everything else that it throws is an error of the test.
template <typename Call>
bool isMalformed(Call call) {
  try {
    call();
  } catch (const MalformedBytes&) {
    return true;
  }
  return false;
}

// The errno that `call` throws a SyscallError with, or 0.
template <typename Call>
int errorOf(Call call) {
  try {
    call();
  } catch (const SyscallError& cause) {
    return cause.error;
  }
  return 0;
}

inline std::string contentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  assert(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace tslxc::test
