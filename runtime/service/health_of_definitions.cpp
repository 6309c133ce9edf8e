#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "definitions/reload.hpp"
#include "definitions/scan.hpp"
#include "service/health_checks.hpp"
#include "service/project_state.hpp"
#include "service/settings_unread.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

void check_directories(const Settings& settings, HealthChecks& checks) {
  for (const Path& directory : settings.definitions) {
    const Scan found = scan({directory});
    if (found.unread.empty()) {
      const auto files = static_cast<std::int64_t>(found.libraries.size());
      checks.ok("definitions", fmt::format("{}: {}", directory.string(), count_of(files, "file")));
    }
    for (const UnreadDirectory& unread : found.unread)
      checks.problem("definitions", unread.message, unread.hint);
    for (const Problem& problem : found.problems) checks.warn("definitions", problem.message, "");
  }
}

// Loads everything afresh, from copies elsewhere: what the project has stays as it is.
Result<ReloadOutcome> load_all(const Settings& settings, Zygote* zygote, const Path& copies) {
  ReloadOptions options;
  options.directories = settings.definitions;
  options.plugin_store = copies;
  options.zygote = zygote;
  return reload(options, std::make_shared<Catalog>());
}

// Those whose file was refused just now, while the project goes on with an earlier one.
std::vector<std::string> last_good_plugins(const Catalog& loaded, const Catalog& in_use) {
  std::vector<std::string> ids;
  for (const PluginRecord& plugin : in_use.plugins) {
    if (std::any_of(loaded.refused.begin(), loaded.refused.end(),
                    [&](const RefusedFile& refused) { return refused.file == plugin.file; }))
      ids.push_back(plugin.id);
  }
  return ids;
}

std::string last_good_text(const std::vector<std::string>& ids) {
  if (ids.empty()) return "";
  return fmt::format("; the last good version{} of {} {} in use", ids.size() == 1 ? "" : "s",
                     join(ids, ", "), ids.size() == 1 ? "is" : "are");
}

std::string loaded_text(const Catalog& catalog) {
  const auto plugins = static_cast<std::int64_t>(catalog.plugins.size());
  if (plugins == 0) return "no plugin loads";
  return fmt::format("{} with {} {}", count_of(plugins, "plugin"),
                     count_of(static_cast<std::int64_t>(catalog.asset_keys().size()), "asset"),
                     plugins == 1 ? "loads" : "load");
}

bool is_of_directory(const Problem& problem) {
  return problem.code == "no_directory" || problem.code == "world_writable";
}

void tell_loaded(const Catalog& catalog, const Catalog& in_use, HealthChecks& checks) {
  std::vector<const Problem*> errors, warnings;
  for (const Problem& problem : catalog.problems) {
    if (is_of_directory(problem)) continue;  // told before
    (problem.warning ? warnings : errors).push_back(&problem);
  }
  const std::string loads = loaded_text(catalog);
  if (errors.empty() && warnings.empty()) return checks.ok("plugins", loads);
  const auto& told = errors.empty() ? warnings : errors;
  std::string text = told.front()->message;
  if (text.find(told.front()->plugin) == std::string::npos)
    text = told.front()->plugin + ": " + text;
  if (told.size() > 1)
    text = fmt::format(
        "{}, the first: {}",
        count_of(static_cast<std::int64_t>(told.size()), errors.empty() ? "warning" : "problem"),
        text);
  text += last_good_text(last_good_plugins(catalog, in_use)) + "; " + loads;
  if (errors.empty()) return checks.warn("plugins", text, "`partita check` tells all");
  checks.problem("plugins", text, "mend it, then `partita reload`; `partita check` tells all");
}

// Empty where there is none, or the store cannot be read: that is told elsewhere.
Catalog catalog_in_use(const Settings& settings) {
  std::error_code failed;
  if (!std::filesystem::exists(settings.store, failed)) return {};
  auto store = Store::open_to_read(settings.store, system_clock());
  if (!store) return {};
  Result<Catalog> catalog = current_catalog(**store);
  return catalog ? *std::move(catalog) : Catalog();
}

}  // namespace

void check_definitions(const Settings& settings, Zygote* zygote, HealthChecks& checks) {
  check_directories(settings, checks);
  const Result<Path> copies = make_temporary_directory("partita-doctor-");
  if (!copies) return checks.not_looked_at("plugins", copies.error().message, copies.error().hint);
  const Result<ReloadOutcome> loaded = load_all(settings, zygote, *copies);
  if (loaded) {
    tell_loaded(*loaded->catalog, catalog_in_use(settings), checks);
    for (const std::string& line : settings_for_nothing(settings, *loaded->catalog))
      checks.warn("settings", line, "");
  } else {
    checks.not_looked_at("plugins", loaded.error().message, "`partita check` looks at them");
  }
  (void)remove_tree(*copies);
}

}  // namespace partita
