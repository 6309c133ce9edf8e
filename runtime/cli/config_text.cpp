#include "cli/config_text.hpp"

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/metadata_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

// The first column takes at most so much; a longer name stands on a line of its own.
constexpr int kWidestName = 32;

// As TOML spells it, so that it can be copied from here into a file.
std::string toml_text(const Json& value) {
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& item : value.as_array()) parts.push_back(toml_text(item));
    return "[" + join(parts, ", ") + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, item] : value.as_object())
      parts.push_back(setting_name({key}) + " = " + toml_text(item));
    return parts.empty() ? "{}" : "{ " + join(parts, ", ") + " }";
  }
  return value.dump();
}

Tone tone_of(const Origin& origin) {
  return origin.kind == Origin::Kind::built_in ? Tone::faint : Tone::plain;
}

}  // namespace

std::string settings_text(const SettingsView& view, bool origins, const Look& look) {
  std::vector<Column> columns{{.title = "SETTING", .most = kWidestName},
                              {"VALUE", Column::Fit::wrap}};
  if (origins) columns.push_back({"FROM", Column::Fit::wrap});
  Table table(std::move(columns));
  for (const SettingRow& row : view.settings) {
    std::vector<Cell> cells{{row.name, Tone::accent}, {printable_line(toml_text(row.value))}};
    if (origins) cells.emplace_back(origin_text(row.origin, view), tone_of(row.origin));
    table.add(std::move(cells));
  }
  return table.text(look);
}

}  // namespace partita
