#include "partitions/key_list_space.hpp"

#include <fmt/format.h>

#include <bit>

#include "base/text.hpp"
#include "partitions/key.hpp"

namespace partita {
namespace {

// Comparing a typed key with each of a longer list takes longer than a person waits.
constexpr Index kMostCompared = 50'000;

}  // namespace

void KeyListSpace::build_table() const {
  table_.assign(std::bit_ceil(keys_->size() * 2 + 1), 0);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = 0; i < keys_->size(); ++i) {
    std::size_t slot = std::hash<std::string_view>{}((*keys_)[i]) & mask;
    while (table_[slot] != 0) slot = (slot + 1) & mask;
    table_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

std::optional<Index> KeyListSpace::index_of(std::string_view key) const {
  std::call_once(table_made_, [this] { build_table(); });
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(key)&mask;
  for (; table_[slot] != 0; slot = (slot + 1) & mask) {
    if ((*keys_)[table_[slot] - 1] == key) return static_cast<Index>(table_[slot]) - 1;
  }
  return std::nullopt;
}

Error KeyListSpace::absence_of(std::string_view key) const {
  Error error{ErrorCode::not_found, fmt::format("find no partition `{}`", printable_key(key)), {}};
  if (keys_->empty()) error.message += ": there are none";
  if (size() <= kMostCompared) error.hint = did_you_mean(key, *keys_);
  return error;
}

}  // namespace partita
