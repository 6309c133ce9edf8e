#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "service/settings_sources.hpp"

namespace partita {
namespace {

std::optional<int> whole_number(std::string_view text, int least) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number < least || number > kLargestSetting)
    return {};
  return number;
}

Error refusal(std::string_view text, int least) {
  return usage_error(
      fmt::format("`{}` is not a whole number from {} to {}", text, least, kLargestSetting));
}

Status set_number(std::string_view text, int least, int& out) {
  const std::optional<int> number = whole_number(text, least);
  if (!number) return refusal(text, least);
  out = *number;
  return {};
}

Status set_isolation(Settings& settings, std::string_view text) {
  Result<Isolation> isolation = parse_isolation(text);
  if (!isolation) return std::move(isolation).error();
  settings.isolation = *isolation;
  return {};
}

// `warehouse=1,api=4`
Status set_pools(Settings& settings, std::string_view text, const Origin& origin) {
  std::set<std::string> names;
  for (const std::string& item : split(text, ',')) {
    const std::string_view pool = trim(item);
    const std::size_t equals = pool.rfind('=');
    if (equals == std::string_view::npos || equals == 0)
      return usage_error(fmt::format("`{}` has no NAME=N", pool), "write warehouse=1,api=4");
    const std::string name(trim(pool.substr(0, equals)));
    if (!names.insert(name).second)
      return usage_error(fmt::format("`{}` is there twice", name), "say once how many it takes");
    const std::string_view slots = trim(pool.substr(equals + 1));
    if (Status set = set_number(slots, 1, settings.pools[name]); !set) return set;
    settings.origins[setting_name({"pools", name})] = origin;
  }
  return {};
}

// What --config takes, one a line.
Status set_config(Settings& settings, std::string_view text, const Origin& origin) {
  for (const std::string& line : split(text, '\n')) {
    const std::string_view option = trim(line);
    if (option.empty()) continue;
    if (Status set = apply_config_option(settings, option, origin); !set) return set;
  }
  return {};
}

using Set = Status (*)(Settings&, std::string_view, const Origin&);
struct Variable {
  const char* name;
  const char* setting;  // whose origin it is; null where that depends on what it says
  Set set;
};

const Variable kVariables[] = {
    {"PARTITA_JOBS", "jobs",
     [](Settings& to, std::string_view text, const Origin&) {
       return set_number(text, 1, to.jobs);
     }},
    {"PARTITA_ISOLATION", "isolation",
     [](Settings& to, std::string_view text, const Origin&) { return set_isolation(to, text); }},
    {"PARTITA_MAX_WORKER_DEATHS", "max_worker_deaths",
     [](Settings& to, std::string_view text, const Origin&) {
       return set_number(text, 0, to.max_worker_deaths);
     }},
    {"PARTITA_POOLS", nullptr, set_pools},
    {"PARTITA_CONFIG", nullptr, set_config},
};

}  // namespace

std::vector<std::string> variables_of_settings() {
  std::vector<std::string> names;
  for (const Variable& variable : kVariables) names.emplace_back(variable.name);
  return names;
}

Status read_settings_environment(Settings& settings) {
  for (const Variable& variable : kVariables) {
    const char* text = std::getenv(variable.name);
    if (text == nullptr || *text == 0) continue;
    const Origin origin{Origin::Kind::environment, variable.name};
    if (Status set = variable.set(settings, text, origin); !set)
      return std::move(set).error().wrap(fmt::format("read {}", variable.name));
    if (variable.setting != nullptr) settings.origins[variable.setting] = origin;
  }
  return {};
}

}  // namespace partita
