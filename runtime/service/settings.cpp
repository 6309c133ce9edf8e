#include "service/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "service/settings_sources.hpp"
#include "service/settings_unread.hpp"

namespace partita {
namespace {

constexpr const char* kFileName = "partita.toml";

bool is_bare(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '_' || byte == '-';
  });
}

}  // namespace

Result<Isolation> parse_isolation(std::string_view text) {
  if (text == "none") return Isolation::none;
  if (text == "worker") return Isolation::worker;
  if (text == "partition") return Isolation::partition;
  return usage_error(fmt::format("unknown isolation `{}`", text),
                     "it is `worker`, `partition` or `none`");
}

std::string_view to_text(Isolation isolation) {
  switch (isolation) {
    case Isolation::none:
      return "none";
    case Isolation::worker:
      return "worker";
    case Isolation::partition:
      return "partition";
  }
  return "";
}

std::string setting_name(std::initializer_list<std::string_view> parts) {
  std::string name;
  for (const std::string_view part : parts) {
    if (!name.empty()) name += '.';
    name += is_bare(part) ? std::string(part) : Json(part).dump();
  }
  return name;
}

Result<Path> find_project(const Path& start) {
  std::error_code failed;
  const Path from = std::filesystem::absolute(start, failed).lexically_normal();
  for (Path at = from.has_filename() ? from : from.parent_path();; at = at.parent_path()) {
    if (std::filesystem::exists(at / kFileName, failed)) return at;
    if (at == at.parent_path()) break;
  }
  return usage_error(
      fmt::format("find a project: no {} in {} or above it", kFileName, from.string()),
      "go to a project's directory or name it with --project DIR");
}

Result<Settings> load_settings(const Path& project_directory) {
  Settings settings;
  settings.directory = project_directory;
  Status read = read_settings_file(settings, user_settings_file(), Origin::Kind::user);
  if (!read) return std::move(read).error();
  if (!project_directory.empty()) {
    settings.state = project_directory / ".partita";
    settings.store = settings.state / "partita.db";
    read = read_settings_file(settings, project_directory / kFileName, Origin::Kind::project);
    if (!read) return std::move(read).error();
    if (settings.definitions.empty())
      settings.definitions.push_back(project_directory / "definitions");
  }
  if (read = read_settings_environment(settings); !read) return std::move(read).error();
  settings.warnings = misspelt_variables(settings);
  return settings;
}

Status apply_config_option(Settings& settings, std::string_view option, const Origin& origin) {
  const std::size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  if (equals == std::string_view::npos || name.empty()) {
    return usage_error(fmt::format("`{}` has no `name=value`", option),
                       "name=value for every asset, asset.name=value for one");
  }
  const std::size_t dot = name.rfind('.');
  const std::string section(dot == std::string_view::npos ? "*" : name.substr(0, dot));
  const std::string_view field = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (section.empty() || field.empty())
    return usage_error(fmt::format("`{}` has an empty name", option),
                       "name=value for every asset, asset.name=value for one");
  Json values = settings.config[section];
  values.set(field, parse_setting(std::string(option.substr(equals + 1))));
  settings.config.set(section, std::move(values));
  settings.origins[setting_name({"config", section, field})] = origin;
  return {};
}

}  // namespace partita
