#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.hpp"
#include "definitions/plugin_store.hpp"
#include "service/health_checks.hpp"
#include "service/leases.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

void tell_runs(const Settings& settings, const std::vector<RunRecord>& runs, HealthChecks& checks) {
  for (const RunRecord& run : runs) {
    if (has_lease(settings, run.id)) {
      checks.ok("runs", fmt::format("run {} goes on in process {}", run.id, run.pid));
    } else if (FileLock::is_held(admission_file(settings))) {
      checks.ok("runs", fmt::format("run {} begins, or is being looked after", run.id));
    } else {
      checks.warn("runs", fmt::format("the process of run {} ended without finishing it", run.id),
                  fmt::format("the next command puts right what it left; then `partita resume {}`",
                              run.id));
    }
  }
  if (runs.empty()) checks.ok("runs", "none is under way or was left behind");
}

void tell_outputs(const Settings& settings, std::vector<OutputRecord> outputs,
                  const std::vector<RunRecord>& runs, HealthChecks& checks) {
  std::erase_if(outputs, [&](const OutputRecord& output) {
    return std::any_of(runs.begin(), runs.end(), [&](const RunRecord& run) {
      return is_staged_by(settings, run.id, output) && has_lease(settings, run.id);
    });
  });
  std::int64_t waiting = 0;
  for (const OutputRecord& output : outputs) {
    const Placed placed = where_is(output);
    if (placed == Placed::staged) ++waiting;
    if (placed == Placed::lost && !output.moved)
      checks.problem("outputs", fmt::format("{} is gone before it was in its place", output.target),
                     "materialize its partition again");
  }
  if (waiting > 0)
    return checks.warn("outputs", fmt::format("{} not in place yet", count_of(waiting, "output")),
                       "the next command puts them there");
  checks.ok("outputs", "none waits to be put in its place");
}

void check_copies(const Settings& settings, Store& store, HealthChecks& checks) {
  const Path root = settings.state / "plugins";
  std::error_code failed;
  if (!std::filesystem::exists(root, failed)) return;
  const Result<std::set<Path>> needed = needed_copies(store);
  if (!needed) return checks.not_looked_at("copies", needed.error().message);
  const auto copies = PluginStore::unneeded(root, *needed);
  if (!copies) return checks.not_looked_at("copies", copies.error().message);
  std::int64_t bytes = 0;
  for (const Path& copy : *copies) bytes += size_of_tree(copy);
  if (copies->empty()) return checks.ok("copies", "none of a plugin that is not needed");
  const auto count = static_cast<std::int64_t>(copies->size());
  checks.ok("copies", fmt::format("{} of plugins, {}, that nothing needs: the next reload that "
                                  "changes something removes them",
                                  count == 1 ? "1 copy" : fmt::format("{} copies", count),
                                  format_size(bytes)));
}

void tell_file(const Path& file, const StoreFile& found, HealthChecks& checks) {
  std::error_code failed;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(file, failed));
  const std::string text =
      fmt::format("{}, {}, schema {}", file.string(), format_size(failed ? 0 : size), found.schema);
  if (!found.damage.empty())
    return checks.problem("store", fmt::format("{}: {}", text, found.damage.front()),
                          "`partita db check` says more, and what helps");
  if (::access(file.c_str(), W_OK) != 0)
    return checks.problem("store", text + ": this user may not write it",
                          "make it writable for this user");
  if (found.schema > found.newest_schema)
    return checks.problem("store", text + ": made by a newer partita",
                          "use that one, or restore a backup");
  if (found.schema == 0)
    return checks.warn("store", file.string() + " is empty: nothing is recorded",
                       "if runs were recorded, put a backup in its place, as `partita help db` "
                       "says; the next command makes a new one");
  if (found.schema < found.newest_schema)
    return checks.warn("store", text + ": made by an older partita",
                       fmt::format("the next command brings it to schema {}; `partita db backup` "
                                   "of the older one first, to be able to go back",
                                   found.newest_schema));
  checks.ok("store", text + ", sound");
}

void check_records(const Settings& settings, Store& store, HealthChecks& checks) {
  const Result<std::vector<RunRecord>> runs = store.runs_under_way();
  if (!runs) {
    checks.not_looked_at("runs", runs.error().message);
  } else {
    tell_runs(settings, *runs, checks);
  }
  const Result<std::vector<OutputRecord>> outputs = store.unpublished_outputs();
  if (!runs || !outputs) {
    checks.not_looked_at("outputs", (runs ? outputs.error() : runs.error()).message);
  } else {
    tell_outputs(settings, *outputs, *runs, checks);
  }
  check_published(settings, store, checks);
  check_copies(settings, store, checks);
}

void check_contents(const Settings& settings, HealthChecks& checks) {
  auto store = Store::open_to_read(settings.store, system_clock());
  if (store) return check_records(settings, **store, checks);
  for (const char* name : {"runs", "outputs", "published", "copies"})
    checks.not_looked_at(name, store.error().message);
}

}  // namespace

void check_store(const Settings& settings, HealthChecks& checks) {
  std::error_code failed;
  if (!std::filesystem::exists(settings.store, failed) && !failed)
    return checks.ok("store", settings.store.string() + ": the first command makes it");
  const Result<StoreFile> found = Store::examine(settings.store);
  if (!found) return checks.problem("store", found.error());
  tell_file(settings.store, *found, checks);
  if (found->damage.empty() && found->schema > 0) check_contents(settings, checks);
}

}  // namespace partita
