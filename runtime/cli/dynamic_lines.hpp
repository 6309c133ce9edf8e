// Dynamic keys as lines: one key each, or, for --jsonl, one JSON object with the key and what is
// kept with it: {"key": "alice", "metadata": {"region": "eu"}}.
//
// Knows the lines, not which keys are allowed. One thread.
#pragma once

#include <istream>
#include <span>
#include <string>

#include "cli/table.hpp"
#include "service/project.hpp"

namespace partita {

enum class KeyLines { plain, json };

// Adds what the lines say; empty ones say nothing. An error names the line.
Status read_key_lines(std::istream& in, KeyLines lines, DynamicAddition& addition);

// {"region": "eu", "rows": 3} of `region=eu` and `rows=3`: numbers, true and false are read as
// such, all else is text.
Result<Json> metadata_of_options(std::span<const std::string> options);

std::string json_lines(const DynamicSetView& view);

// One key a line; a table with the metadata where any of them has some.
std::string dynamic_set_text(const DynamicSetView& view, const Look& look);

}  // namespace partita
