// Metadata of a materialization for people: numbers grouped, documents as they are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "cli/look.hpp"

namespace partita {

// {"kind": "int|float|bool|text|markdown|json|path|url", "value": ...} by name.
using MetadataView = std::vector<std::pair<std::string, Json>>;

// `12,345.5`: six digits, but the whole part and two decimals always; without zeros at the end.
std::string number_text(double number);

// One of the values, which may have several lines.
std::string value_text(const Json& entry);

// A line for each value; what has several lines stands under its name, two spaces in.
std::string metadata_text(const MetadataView& metadata, const Look& look, int indent);

}  // namespace partita
