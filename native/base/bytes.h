// Reader and Writer of the bytes that cross a process boundary (lib/plan/encode.ts says how they
// look). The reader trusts no sender: lengths are checked, and anything wrong throws
// MalformedBytes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tslxc {

struct MalformedBytes {
  const char* what;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint8_t u8() { return number<uint8_t>(); }
  uint32_t u32() { return number<uint32_t>(); }
  uint64_t u64() { return number<uint64_t>(); }

  std::string string() { return std::string(take(u32())); }

  std::vector<std::string> strings() {
    return list<std::string>(sizeof(uint32_t), [this] { return string(); });
  }

  std::vector<uint32_t> u32s() {
    return list<uint32_t>(sizeof(uint32_t), [this] { return u32(); });
  }

  std::string rest() { return std::string(take(bytes_.size())); }

  // A value of an enumeration that has `count` values.
  template <typename Choice>
  Choice choice(unsigned count) {
    const uint8_t value = u8();
    if (value >= count) throw MalformedBytes{"a choice that does not exist"};
    return static_cast<Choice>(value);
  }

  // The number of items of a list whose items take at least `itemSize` bytes.
  uint32_t count(size_t itemSize) {
    const uint32_t items = u32();
    if (items > bytes_.size() / itemSize) throw MalformedBytes{"a list longer than its bytes"};
    return items;
  }

  void expectEnd() const {
    if (!bytes_.empty()) throw MalformedBytes{"trailing bytes"};
  }

 private:
  template <typename Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  template <typename Item, typename Read>
  std::vector<Item> list(size_t itemSize, Read read) {
    const uint32_t items = count(itemSize);
    std::vector<Item> all;
    all.reserve(items);
    for (uint32_t i = 0; i < items; ++i) all.push_back(read());
    return all;
  }

  std::string_view take(size_t size) {
    if (size > bytes_.size()) throw MalformedBytes{"cut short"};
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
};

class Writer {
 public:
  void u8(uint8_t value) { number(value); }
  void u32(uint32_t value) { number(value); }
  void u64(uint64_t value) { number(value); }
  void bytes(std::string_view value) { bytes_.append(value); }

  void string(std::string_view value) {
    u32(static_cast<uint32_t>(value.size()));
    bytes(value);
  }

  void strings(const std::vector<std::string>& values) {
    u32(static_cast<uint32_t>(values.size()));
    for (const std::string& value : values) string(value);
  }

  const std::string& finish() const { return bytes_; }

 private:
  template <typename Number>
  void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  std::string bytes_;
};

}  // namespace tslxc
