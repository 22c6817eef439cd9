// What libFuzzer calls. TSLXC_FUZZ_TARGET is the name of a function of targets.h.
#include <cstddef>
#include <cstdint>

#include "test/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tslxc::fuzz::TSLXC_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
