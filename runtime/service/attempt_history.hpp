// The attempts at a partition, as explain() shows them.
#pragma once

#include <string>

#include "service/views.hpp"
#include "store/store.hpp"

namespace partita {

inline constexpr std::int64_t kMostAttempts = 10;

// The last of them, and what the newest printed, if it failed.
Status add_attempts(const std::string& asset, const std::string& identity, Store& store,
                    ExplainView& view);

}  // namespace partita
