#include "service/settings_unread.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "service/settings_sources.hpp"

namespace partita {
namespace {

constexpr std::string_view kPrefix = "PARTITA_";

std::set<std::string> variables_of_secrets(const Settings& settings) {
  std::set<std::string> names;
  for (const auto& [resource, fields] : settings.resources.as_object()) {
    for (const auto& [field, value] : fields.as_object()) {
      if (value.is_object() && value["env"].is_string()) names.insert(value["env"].as_string());
    }
  }
  return names;
}

// Without what all of them begin with, which would make everything alike.
std::vector<std::string> endings_of(const std::vector<std::string>& variables) {
  std::vector<std::string> endings;
  endings.reserve(variables.size());
  for (const std::string& name : variables) endings.push_back(name.substr(kPrefix.size()));
  return endings;
}

// The names in a table of settings, with what set the first of its fields; nothing of the user's.
std::vector<std::pair<std::string, std::string>> of_the_project(const Settings& settings,
                                                                const std::string& table) {
  std::vector<std::pair<std::string, std::string>> names;
  const auto add = [&](const std::string& name, const std::string& setting) {
    const auto found = settings.origins.find(setting);
    if (found == settings.origins.end()) return names.emplace_back(name, "partita.toml"), void();
    const Origin& origin = found->second;
    if (origin.kind == Origin::Kind::user) return;
    names.emplace_back(
        name, origin.line == 0
                  ? origin.source
                  : fmt::format("{}:{}", Path(origin.source).filename().string(), origin.line));
  };
  if (table == "pools") {
    for (const auto& [pool, slots] : settings.pools) add(pool, setting_name({table, pool}));
    return names;
  }
  for (const auto& [section, fields] : settings.config.as_object()) {
    const auto& all = fields.as_object();
    add(section, all.empty() ? "" : setting_name({table, section, all.begin()->first}));
  }
  return names;
}

// What it has is not known then.
bool is_in_parts(const Catalog& catalog) {
  return std::any_of(catalog.problems.begin(), catalog.problems.end(),
                     [](const Problem& problem) { return !problem.warning; });
}

std::string line_of(const std::string& from, const std::string& what, const std::string& maybe) {
  return fmt::format("{}: {}{}", from, what, maybe.empty() ? "" : "; " + maybe);
}

}  // namespace

std::vector<std::string> misspelt_variables(const Settings& settings) {
  const std::vector<std::string> ours = variables_of_settings();
  const std::set<std::string> secrets = variables_of_secrets(settings);
  const std::vector<std::string> endings = endings_of(ours);
  std::vector<std::string> lines;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const std::string name(entry.substr(0, entry.find('=')));
    const bool known = std::find(ours.begin(), ours.end(), name) != ours.end();
    if (!name.starts_with(kPrefix) || known || secrets.contains(name)) continue;
    const auto near = near_matches(name.substr(kPrefix.size()), endings, 1);
    if (!near.empty())
      lines.push_back(
          fmt::format("{} is not read; did you mean `{}{}`?", name, kPrefix, near.front()));
  }
  return lines;
}

std::vector<std::string> settings_for_nothing(const Settings& settings, const Catalog& catalog) {
  if (is_in_parts(catalog)) return {};
  std::vector<std::string> lines;
  const std::vector<std::string> assets = catalog.asset_keys();
  for (const auto& [asset, from] : of_the_project(settings, "config")) {
    if (asset == "*" || catalog.asset(asset) != nullptr) continue;
    lines.push_back(line_of(from,
                            fmt::format("`{}` is for no asset", setting_name({"config", asset})),
                            did_you_mean(asset, assets)));
  }
  std::set<std::string> pools;
  for (const AssetDef& asset : catalog.assets) pools.insert(asset.pool);
  const std::vector<std::string> used(pools.begin(), pools.end());
  for (const auto& [pool, from] : of_the_project(settings, "pools")) {
    if (pools.contains(pool)) continue;
    lines.push_back(line_of(from,
                            fmt::format("`{}` is used by no asset", setting_name({"pools", pool})),
                            did_you_mean(pool, used)));
  }
  return lines;
}

Status flags_for_nothing(const Settings& settings, const Catalog& catalog) {
  if (is_in_parts(catalog)) return {};
  for (const auto& [asset, fields] : settings.config.as_object()) {
    if (asset == "*" || catalog.asset(asset) != nullptr) continue;
    for (const auto& [field, value] : fields.as_object()) {
      const auto origin = settings.origins.find(setting_name({"config", asset, field}));
      if (origin == settings.origins.end() || origin->second.kind != Origin::Kind::flag) continue;
      std::string hint = did_you_mean(asset, catalog.asset_keys());
      if (hint.empty()) hint = "`partita list` shows the assets there are";
      return usage_error(
          fmt::format("read --config {}.{}: there is no asset `{}`", asset, field, asset), hint);
    }
  }
  return {};
}

}  // namespace partita
