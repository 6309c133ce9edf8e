// The words of the partition grammar. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "partitions/selection.hpp"

namespace partita {

// The words that stand for sets of partitions, for suggestions.
inline const std::array<std::string, 6> kPartitionWords = {"all",   "missing",      "failed",
                                                           "stale", "materialized", "latest"};

// What an unquoted text means where it is a word: all, missing, ..., latest-7; else nothing.
std::optional<PartitionExpr> partition_word(std::string_view text);

}  // namespace partita
