#include "native/monitor/ring.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
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

void OutputRing::append(std::string_view bytes) {
  if (bytes.size() > capacity_) {
    end_ += bytes.size() - capacity_;
    bytes.remove_prefix(bytes.size() - capacity_);
  }
  while (!bytes.empty()) {
    const size_t at = end_ % capacity_;
    const size_t size = std::min(bytes.size(), capacity_ - at);
    std::memcpy(memory_ + at, bytes.data(), size);
    bytes.remove_prefix(size);
    end_ += size;
  }
}

std::string_view OutputRing::from(uint64_t position, size_t most) const {
  if (position >= end_) return {};
  const size_t at = position % capacity_;
  const size_t there = static_cast<size_t>(end_ - position);
  return {memory_ + at, std::min({there, most, capacity_ - at})};
}

}  // namespace tslxc
