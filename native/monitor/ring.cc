#include "native/monitor/ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "native/base/syscall.h"

namespace tslxc {

OutputRing::OutputRing(size_t capacity)
    : memory_(static_cast<char*>(
          mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
      capacity_(capacity) {
  if (memory_ == MAP_FAILED) check(-1, "mmap");
}

OutputRing::OutputRing(OutputRing&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      capacity_(other.capacity_),
      end_(other.end_) {}

OutputRing::~OutputRing() {
  if (memory_ != nullptr) munmap(memory_, capacity_);
}

std::span<char> OutputRing::next(size_t most) {
  const size_t at = end_ % capacity_;
  return {memory_ + at, std::min(most, capacity_ - at)};
}

std::string_view OutputRing::from(uint64_t position, size_t most) const {
  if (position >= end_) return {};
  const size_t at = position % capacity_;
  const size_t there = static_cast<size_t>(end_ - position);
  return {memory_ + at, std::min({there, most, capacity_ - at})};
}

}  // namespace tslxc
