// Statuses of partitions in a person's words and glyphs; shared by every command that shows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/look.hpp"
#include "service/views.hpp"

namespace partita {

Tone tone_of(DisplayStatus status);

std::int64_t count_in(const StatusCounts& counts, DisplayStatus status);

// `58 materialized, 1 failed, 6 held back, 2 missing`; empty without counts.
std::string counts_text(const StatusCounts& counts, const Look& look);

// `7/12`: how many of the asset's partitions are materialized.
std::string fraction_text(const AssetRow& asset);

// What is not in order, or under way: counts_text() without materialized and missing.
std::string attention_text(const StatusCounts& counts, const Look& look);

// The same with how many are stale, or may be.
std::string remarks_text(const AssetRow& asset, const Look& look);

// A bucket a character: `█` all materialized, `▄` some, `·` none, `x` at least one failed.
std::string strip_text(const std::vector<StripBucket>& strip, const Look& look);

// `orders@2024-01-01` as the selection grammar writes it; an unpartitioned asset has no key.
std::string partition_name(std::string_view asset, std::string_view key);

}  // namespace partita
