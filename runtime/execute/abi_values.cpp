#include "execute/abi_values.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.hpp"

namespace partita {
namespace {

struct KindName {
  std::uint32_t kind;
  const char* name;
};
constexpr std::array<KindName, 8> kKinds{{{PARTITA_VALUE_INT, "int"},
                                          {PARTITA_VALUE_FLOAT, "float"},
                                          {PARTITA_VALUE_BOOL, "bool"},
                                          {PARTITA_VALUE_TEXT, "text"},
                                          {PARTITA_VALUE_MARKDOWN, "markdown"},
                                          {PARTITA_VALUE_JSON, "json"},
                                          {PARTITA_VALUE_PATH, "path"},
                                          {PARTITA_VALUE_URL, "url"}}};

partita_value value_of_kind(std::uint32_t kind) {
  partita_value value{};
  value.size = sizeof value;
  value.kind = kind;
  return value;
}

partita_value text_value(std::uint32_t kind, std::string text, std::list<std::string>& texts) {
  partita_value value = value_of_kind(kind);
  value.text = borrow(texts.emplace_back(std::move(text)));
  return value;
}

partita_value number_value(std::uint32_t kind, const Json& number) {
  partita_value value = value_of_kind(kind);
  value.i = kind == PARTITA_VALUE_BOOL ? (number.as_bool() ? 1 : 0) : number.as_int();
  value.f = number.as_double();
  return value;
}

constexpr std::size_t kMaxDataVersion = 1024;

bool is_number(std::uint32_t kind) {
  return kind <= PARTITA_VALUE_BOOL;
}

}  // namespace

std::optional<Json> metadata_from_abi(const partita_value& value) {
  for (const KindName& known : kKinds) {
    if (known.kind != value.kind) continue;
    Json entry = Json::object().set("kind", known.name);
    if (value.kind == PARTITA_VALUE_INT) return entry.set("value", value.i);
    if (value.kind == PARTITA_VALUE_FLOAT) return entry.set("value", value.f);
    if (value.kind == PARTITA_VALUE_BOOL) return entry.set("value", value.i != 0);
    if (!is_valid_utf8(view(value.text))) return std::nullopt;
    return entry.set("value", view(value.text));
  }
  return std::nullopt;
}

partita_value metadata_to_abi(const Json& entry, std::list<std::string>& texts) {
  const std::string& name = entry["kind"].as_string();
  for (const KindName& known : kKinds) {
    if (name != known.name) continue;
    if (is_number(known.kind)) return number_value(known.kind, entry["value"]);
    return text_value(known.kind, entry["value"].as_string(), texts);
  }
  return text_value(PARTITA_VALUE_TEXT, entry["value"].as_string(), texts);
}

partita_value setting_to_abi(const Json& setting, std::list<std::string>& texts) {
  if (setting.is_bool()) return number_value(PARTITA_VALUE_BOOL, setting);
  if (setting.is_int()) return number_value(PARTITA_VALUE_INT, setting);
  if (setting.is_double()) return number_value(PARTITA_VALUE_FLOAT, setting);
  if (setting.is_string()) return text_value(PARTITA_VALUE_TEXT, setting.as_string(), texts);
  return text_value(PARTITA_VALUE_JSON, setting.dump(), texts);
}

bool add_metadata(TaskMetadata& metadata, partita_str name, const partita_value* value) {
  std::optional<Json> entry = value != nullptr ? metadata_from_abi(*value) : std::nullopt;
  if (!entry || name.len == 0 || !is_valid_utf8(view(name))) return false;
  const auto at = std::find_if(metadata.begin(), metadata.end(),
                               [&](const auto& known) { return known.first == view(name); });
  if (at != metadata.end()) {
    at->second = *std::move(entry);
  } else {
    metadata.emplace_back(std::string(view(name)), *std::move(entry));
  }
  return true;
}

bool is_data_version(partita_str text) {
  return text.len > 0 && text.len <= kMaxDataVersion && is_valid_utf8(view(text));
}

std::string as_text(partita_str text) {
  std::string clean(view(text));
  if (is_valid_utf8(clean)) return clean;
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }, '?');
  return clean;
}

partita_dimension_key to_abi(const TaskKey& key) {
  partita_dimension_key abi{};
  abi.size = sizeof abi;
  abi.flags = key.window ? PARTITA_KEY_HAS_WINDOW : 0;
  abi.dimension = borrow(key.dimension);
  abi.key = borrow(key.key);
  if (key.window) {
    abi.start = key.window->start;
    abi.end = key.window->end;
  }
  return abi;
}

}  // namespace partita
