// A compact binary form for what crosses process boundaries or goes to disk: varints and counted
// texts.
//
// ByteReader never reads past the end: after a short or malformed read ok() is false and every
// further value is neutral, so a decoder checks once, at its end.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace partita {

class ByteWriter {
 public:
  void u64(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_.push_back(static_cast<char>(value | 0x80U));
    bytes_.push_back(static_cast<char>(value));
  }
  void i64(std::int64_t value) {
    u64((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void flag(bool value) { u64(value ? 1 : 0); }
  void f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    u64(value.size());
    bytes_.append(value);
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t u64() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) return fail();
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return fail();
  }
  std::int64_t i64() {
    const std::uint64_t raw = u64();
    return static_cast<std::int64_t>(raw >> 1U) ^ -static_cast<std::int64_t>(raw & 1U);
  }
  bool flag() { return u64() != 0; }
  double f64() { return std::bit_cast<double>(u64()); }
  std::string_view text() {
    const std::uint64_t size = u64();
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }
  // A count of things of at least one byte each: never more than what is left.
  std::size_t count() {
    const std::uint64_t value = u64();
    return value <= bytes_.size() ? value : fail();
  }
  bool ok() const { return ok_; }
  bool done() const { return bytes_.empty(); }

 private:
  std::uint64_t fail() {
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace partita
