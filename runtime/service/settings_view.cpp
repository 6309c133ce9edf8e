#include "service/settings_view.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "service/planning.hpp"
#include "service/project_state.hpp"
#include "service/settings_sources.hpp"
#include "service/settings_unread.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

// As partita.toml would say it.
std::string short_path(const Path& path, const Path& directory) {
  const Path relative = path.lexically_relative(directory);
  const bool inside = !relative.empty() && *relative.begin() != "..";
  return inside ? relative.string() : path.string();
}

Json paths_json(const std::vector<Path>& paths, const Path& directory) {
  Json json = Json::array();
  for (const Path& path : paths) json.push(short_path(path, directory));
  return json;
}

class Rows {
 public:
  explicit Rows(const Settings& settings) : settings_(settings) {}

  void add(const std::string& name, Json value) {
    const auto origin = settings_.origins.find(name);
    rows_.push_back(
        {name, std::move(value), origin != settings_.origins.end() ? origin->second : Origin()});
  }

  void add_sections(std::string_view name, const Json& sections) {
    for (const auto& [section, fields] : sections.as_object()) {
      for (const auto& [field, value] : fields.as_object())
        add(setting_name({name, section, field}), value);
    }
  }

  std::vector<SettingRow> take() { return std::move(rows_); }

 private:
  const Settings& settings_;
  std::vector<SettingRow> rows_;
};

std::vector<SettingRow> rows_of(const Settings& settings) {
  Rows rows(settings);
  const Path& directory = settings.directory;
  if (!directory.empty()) {
    rows.add("definitions", paths_json(settings.definitions, directory));
    rows.add("store", short_path(settings.store, directory));
  }
  rows.add("jobs", jobs_of(settings, 0));
  rows.add("isolation", to_text(settings.isolation));
  rows.add("max_worker_deaths", settings.max_worker_deaths);
  if (!settings.build.empty()) rows.add("dev.build", settings.build);
  if (!settings.sources.empty()) rows.add("dev.sources", paths_json(settings.sources, directory));
  for (const auto& [pool, slots] : settings.pools) rows.add(setting_name({"pools", pool}), slots);
  rows.add_sections("resources", settings.resources);
  rows.add_sections("config", settings.config);
  return rows.take();
}

Result<Settings> settings_anywhere(const ProjectOptions& options) {
  if (!options.directory.empty() || find_project(".")) return find_settings(options);
  return load_settings({});
}

std::vector<std::string> warnings_about(const Settings& settings) {
  std::vector<std::string> warnings = settings.warnings;
  std::error_code failed;
  if (settings.store.empty() || !std::filesystem::exists(settings.store, failed)) return warnings;
  auto store = Store::open_to_read(settings.store, system_clock());
  if (!store) return warnings;
  const Result<Catalog> catalog = current_catalog(**store);
  if (!catalog || catalog->generation == 0) return warnings;
  const std::vector<std::string> more = settings_for_nothing(settings, *catalog);
  warnings.insert(warnings.end(), more.begin(), more.end());
  return warnings;
}

std::string_view to_text(Origin::Kind kind) {
  switch (kind) {
    case Origin::Kind::built_in:
      return "default";
    case Origin::Kind::user:
      return "user";
    case Origin::Kind::project:
      return "project";
    case Origin::Kind::environment:
      return "environment";
    case Origin::Kind::flag:
      return "flag";
  }
  return "";
}

Json to_json(const SettingRow& row, const SettingsView& view) {
  const Origin& origin = row.origin;
  Json from = Json::object();
  from.set("kind", to_text(origin.kind)).set("text", origin_text(origin, view));
  from.set("file", origin.line > 0 ? Json(origin.source) : Json());
  from.set("line", origin.line > 0 ? Json(origin.line) : Json());
  return Json::object()
      .set("name", row.name)
      .set("value", row.value)
      .set("origin", std::move(from));
}

}  // namespace

Result<SettingsView> view_settings(const ProjectOptions& options, int jobs) {
  Result<Settings> settings = settings_anywhere(options);
  if (!settings) return std::move(settings).error();
  if (Status applied = apply_options(*settings, options); !applied)
    return std::move(applied).error();
  if (jobs > 0) {
    settings->jobs = jobs;
    settings->origins["jobs"] = {Origin::Kind::flag, "--jobs"};
  }
  SettingsView view;
  view.project = settings->directory.string();
  view.user_file = user_settings_file().string();
  std::error_code failed;
  view.user_file_exists = std::filesystem::exists(view.user_file, failed);
  view.settings = rows_of(*settings);
  view.warnings = warnings_about(*settings);
  return view;
}

std::string origin_text(const Origin& origin, const SettingsView& view) {
  if (origin.kind == Origin::Kind::built_in) return "default";
  if (origin.line == 0) return origin.source;
  const char* home = std::getenv("HOME");
  std::string file = short_path(origin.source, view.project);
  if (origin.kind == Origin::Kind::user && home != nullptr) {
    const std::string below = short_path(origin.source, home);
    file = below != origin.source ? "~/" + below : origin.source;
  }
  return fmt::format("{}:{}", file, origin.line);
}

Json to_json(const SettingsView& view) {
  Json settings = Json::array();
  for (const SettingRow& row : view.settings) settings.push(to_json(row, view));
  Json warnings = Json::array();
  for (const std::string& warning : view.warnings) warnings.push(warning);
  return Json::object()
      .set("project", view.project.empty() ? Json() : Json(view.project))
      .set("user_file", view.user_file.empty() ? Json() : Json(view.user_file))
      .set("settings", std::move(settings))
      .set("warnings", std::move(warnings));
}

}  // namespace partita
