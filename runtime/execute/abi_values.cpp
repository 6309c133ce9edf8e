#include "execute/abi_values.hpp"

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

}  // namespace partita
