#include <fmt/format.h>

#include "base/text.hpp"
#include "definitions/reload.hpp"
#include "definitions/scan.hpp"
#include "service/health_checks.hpp"

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

void tell_loaded(const Catalog& catalog, HealthChecks& checks) {
  const std::string counts = fmt::format(
      "{} with {}", count_of(static_cast<std::int64_t>(catalog.plugins.size()), "plugin"),
      count_of(static_cast<std::int64_t>(catalog.asset_keys().size()), "asset"));
  const Problem* first = nullptr;
  std::int64_t failed = 0;
  for (const Problem& problem : catalog.problems) {
    if (problem.code == "no_directory") continue;  // told before
    if (first == nullptr || (first->warning && !problem.warning)) first = &problem;
    if (!problem.warning) ++failed;
  }
  if (first == nullptr) return checks.ok("plugins", counts + " load");
  const std::string text = fmt::format("{}; {}: {}", counts, first->plugin, first->message);
  if (failed == 0) return checks.warn("plugins", text, "`partita check` tells all");
  checks.problem("plugins", fmt::format("{} of what is there failed: {}", failed, text),
                 "`partita check` tells all");
}

}  // namespace

void check_definitions(const Settings& settings, Zygote* zygote, HealthChecks& checks) {
  check_directories(settings, checks);
  const Result<Path> copies = make_temporary_directory("partita-doctor-");
  if (!copies) return checks.not_looked_at("plugins", copies.error().message, copies.error().hint);
  const Result<ReloadOutcome> loaded = load_all(settings, zygote, *copies);
  if (loaded) {
    tell_loaded(*loaded->catalog, checks);
  } else {
    checks.not_looked_at("plugins", loaded.error().message, "`partita check` looks at them");
  }
  (void)remove_tree(*copies);
}

}  // namespace partita
