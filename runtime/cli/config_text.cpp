#include "cli/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/metadata_text.hpp"
#include "cli/table.hpp"

namespace partita {
namespace {

// The first column takes at most so much; a longer name stands on a line of its own.
constexpr int kWidestName = 32;
// Room for ~/.config/partita/config.toml:123 and the longest variable.
constexpr int kWidestOrigin = 34;
constexpr const char* kOwnFile = "your config.toml";

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

// Whether the path of the user's file would fill the table; it is told once below it then.
bool is_long(const Origin& origin, const SettingsView& view) {
  return origin.kind == Origin::Kind::user &&
         display_width(origin_text(origin, view)) > kWidestOrigin;
}

std::string short_origin(const Origin& origin, const SettingsView& view) {
  if (!is_long(origin, view)) return origin_text(origin, view);
  return fmt::format("{}:{}", kOwnFile, origin.line);
}

bool has_long_origin(const SettingsView& view) {
  return std::any_of(view.settings.begin(), view.settings.end(),
                     [&](const SettingRow& row) { return is_long(row.origin, view); });
}

}  // namespace

std::string settings_text(const SettingsView& view, bool origins, const Look& look) {
  std::vector<Column> columns{{.title = "SETTING", .most = kWidestName},
                              {"VALUE", Column::Fit::wrap}};
  if (origins) columns.push_back({"FROM"});
  Table table(std::move(columns));
  for (const SettingRow& row : view.settings) {
    std::vector<Cell> cells{{row.name, Tone::accent}, {printable_line(toml_text(row.value))}};
    if (origins) cells.emplace_back(short_origin(row.origin, view), tone_of(row.origin));
    table.add(std::move(cells));
  }
  std::string text = table.text(look);
  if (origins && has_long_origin(view))
    text += fmt::format("\n{} is {}\n", kOwnFile, view.user_file);
  return text;
}

}  // namespace partita
