#include "cli/dynamic_lines.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/display_text.hpp"

namespace partita {
namespace {

constexpr const char* kForm = R"(a line is {"key": "...", "metadata": {"name": value}})";

Status read_json_line(std::string_view line, DynamicAddition& addition) {
  Result<Json> json = Json::parse(line);
  if (!json) return std::move(json).error();
  for (const auto& [name, value] : json->as_object()) {
    if (name != "key" && name != "metadata")
      return usage_error(fmt::format("unexpected member `{}`", name), kForm);
  }
  const Json& key = (*json)["key"];
  const Json& metadata = (*json)["metadata"];
  if (!key.is_string()) return usage_error("want an object with a text `key`", kForm);
  if (!metadata.is_null() && !metadata.is_object())
    return usage_error("want an object as `metadata`", kForm);
  addition.keys.push_back(key.as_string());
  if (!metadata.is_null()) addition.metadata[key.as_string()] = metadata;
  return {};
}

Json scalar_of(const std::string& text) {
  const Result<Json> json = Json::parse(text);
  const bool scalar = json && (json->is_int() || json->is_double() || json->is_bool());
  return scalar ? *json : Json(text);
}

const Json* metadata_of(const DynamicSetView& view, const std::string& key) {
  const auto at = view.metadata.find(key);
  return at == view.metadata.end() ? nullptr : &at->second;
}

std::string pairs_text(const Json& values) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : values.as_object()) {
    const std::string text = value.is_string() ? value.as_string() : value.dump();
    pairs.push_back(fmt::format("{}={}", name, printable_line(text)));
  }
  return join(pairs, ", ");
}

}  // namespace

Status read_key_lines(std::istream& in, KeyLines lines, DynamicAddition& addition) {
  std::int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    if (lines == KeyLines::plain) {
      addition.keys.push_back(std::move(line));
      continue;
    }
    if (Status read = read_json_line(line, addition); !read)
      return std::move(read).error().wrap(fmt::format("read line {}", with_thousands(number)));
  }
  return {};
}

Result<Json> metadata_of_options(std::span<const std::string> options) {
  Json metadata = Json::object();
  for (const std::string& option : options) {
    const std::size_t equals = option.find('=');
    if (equals == std::string::npos || equals == 0) {
      return usage_error(fmt::format("read --metadata `{}`: it has no `name=value`", option),
                         "as in --metadata region=eu --metadata rows=3");
    }
    metadata.set(option.substr(0, equals), scalar_of(option.substr(equals + 1)));
  }
  return metadata;
}

std::string json_lines(const DynamicSetView& view) {
  std::string out;
  for (const std::string& key : *view.keys) {
    Json line = Json::object().set("key", key);
    if (const Json* metadata = metadata_of(view, key)) line.set("metadata", *metadata);
    out += line.dump() + "\n";
  }
  return out;
}

std::string dynamic_set_text(const DynamicSetView& view, const Look& look) {
  if (view.metadata.empty()) return join(*view.keys, "\n") + (view.keys->empty() ? "" : "\n");
  Table table({{"KEY"}, {"METADATA", Column::Fit::wrap}});
  for (const std::string& key : *view.keys) {
    const Json* metadata = metadata_of(view, key);
    table.add({{key, Tone::strong}, metadata != nullptr ? pairs_text(*metadata) : ""});
  }
  return table.text(look);
}

}  // namespace partita
