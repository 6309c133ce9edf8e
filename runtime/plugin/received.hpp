// Tables that came across the plugin ABI, copied by its size rule.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/result.hpp"

namespace partita {

// The first min(size, our size) bytes of the table, the rest zero, whatever the version of the side
// that filled it. Refuses null and a size that no version of it can have.
template <class Table>
Result<Table> received(const Table* table, std::string_view name) {
  if (table == nullptr) return usage_error(fmt::format("{} is null", name));
  std::uint32_t size = 0;
  std::memcpy(&size, table, sizeof size);
  if (size < 8 || size > 4096) {
    return usage_error(fmt::format("{}.size is {}, want 8 to 4096", name, size));
  }
  Table copy{};
  std::memcpy(&copy, table, std::min<std::size_t>(size, sizeof copy));
  return copy;
}

}  // namespace partita
