// The attempts at a partition, as explain() shows them.
#pragma once

#include <string>

#include "service/views.hpp"
#include "store/store.hpp"

namespace partita {

inline constexpr std::int64_t kMostAttempts = 10;  // that are looked at of another partition

// The last of them, at most so many, 0 for all; and what the newest printed, if it failed.
Status add_attempts(const std::string& asset, const std::string& identity, std::int64_t most,
                    Store& store, ExplainView& view);

}  // namespace partita
