#include "service/doctor.hpp"

#include <algorithm>

#include "service/health_checks.hpp"
#include "service/project_state.hpp"
#include "service/settings_sources.hpp"

namespace partita {
namespace {

bool is_in_project(const ProjectOptions& options) {
  return !options.directory.empty() || find_project(".");
}

void check_project(const Settings& settings, Zygote* zygote, HealthChecks& checks) {
  check_definitions(settings, zygote, checks);
  check_file_system(settings, checks);
  check_store(settings, checks);
  check_state_directory(settings, checks);
}

void tell_settings(const Settings& settings, HealthChecks& checks) {
  const Path file =
      settings.directory.empty() ? user_settings_file() : settings.directory / "partita.toml";
  std::error_code failed;
  const bool is_there = std::filesystem::exists(file, failed);
  if (settings.warnings.empty())
    checks.ok("settings", is_there       ? file.string()
                          : file.empty() ? "nowhere to keep your own"
                                         : "your own file would be " + file.string());
  for (const std::string& line : settings.warnings) checks.warn("settings", line, "");
}

}  // namespace

std::int64_t HealthView::count(HealthCheck::State state) const {
  return std::count_if(checks.begin(), checks.end(),
                       [&](const HealthCheck& check) { return check.state == state; });
}

HealthView examine(const ProjectOptions& options) {
  HealthView view;
  HealthChecks checks;
  check_installation(checks);
  const bool in_project = is_in_project(options);
  const Result<Settings> settings = in_project ? find_settings(options) : load_settings({});
  if (!settings) {
    checks.problem("settings", settings.error());
    if (in_project) checks.not_looked_at("project", "its settings cannot be read");
  } else {
    tell_settings(*settings, checks);
    view.project = settings->directory.string();
    if (in_project) check_project(*settings, options.zygote, checks);
  }
  view.checks = checks.take();
  return view;
}

const char* to_text(HealthCheck::State state) {
  switch (state) {
    case HealthCheck::State::ok:
      return "ok";
    case HealthCheck::State::warning:
      return "warning";
    case HealthCheck::State::problem:
      return "problem";
  }
  return "";
}

Json to_json(const HealthView& view) {
  Json checks = Json::array();
  for (const HealthCheck& check : view.checks) {
    checks.push(Json::object()
                    .set("name", check.name)
                    .set("status", to_text(check.state))
                    .set("text", check.text)
                    .set("hint", check.hint.empty() ? Json() : Json(check.hint)));
  }
  return Json::object()
      .set("project", view.project.empty() ? Json() : Json(view.project))
      .set("checks", std::move(checks));
}

}  // namespace partita
