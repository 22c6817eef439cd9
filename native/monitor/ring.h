// The last bytes that a console put out, by absolute position: byte number N of the whole output is
// at N until it is overwritten. Memory is taken page by page, as it is first written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tslxc {

class OutputRing {
 public:
  explicit OutputRing(size_t capacity);
  OutputRing(const OutputRing&) = delete;
  OutputRing& operator=(const OutputRing&) = delete;
  OutputRing(OutputRing&& other) noexcept;
  OutputRing& operator=(OutputRing&&) = delete;
  ~OutputRing();

  // Where the next bytes go: as many as fit before the ring wraps around, at most `most`. They
  // become part of the output by grow().
  std::span<char> next(size_t most);
  void grow(size_t bytes) { end_ += bytes; }

  // Position of the oldest byte that is kept, and of the next byte to come.
  uint64_t oldest() const { return end_ > capacity_ ? end_ - capacity_ : 0; }
  uint64_t end() const { return end_; }
  size_t capacity() const { return capacity_; }

  // A contiguous run of kept bytes from `position`, at most `most` long; empty at the end.
  std::string_view from(uint64_t position, size_t most) const;

 private:
  char* memory_;
  size_t capacity_;
  uint64_t end_ = 0;
};

}  // namespace tslxc
