// What a Project holds, and what its verbs share. Included by project*.cpp only.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "definitions/plugin_store.hpp"
#include "definitions/reload.hpp"
#include "service/file_lock.hpp"
#include "service/project.hpp"
#include "service/snapshot.hpp"

namespace partita {

struct Work;

struct Project::State {
  Settings settings;
  std::unique_ptr<Store> store;
  std::unique_ptr<PluginFunctions> functions;
  CatalogPtr catalog;
  Zygote* zygote = nullptr;
  const Clock* clock = nullptr;
  Instant now = 0;
  bool locked = false;
  std::vector<std::string> config_options;  // what --config was given
  std::optional<ReloadView> taken_over;
  std::optional<ReloadView> left_to_dev;
  std::vector<RunRow> found_interrupted;
  std::optional<PluginStore> copies;
  Descriptor copies_in_use;  // while the project is open

  // Null where plugins are loaded in this process.
  Zygote* plugin_zygote() const { return settings.isolation == Isolation::none ? nullptr : zygote; }
  ReloadOptions reload_options() const;

  Status read_stored_catalog();  // empty where none was ever saved
  Result<ReloadView> rescan(bool dry_run);
  // A rescan: what it changed is in `taken_over`, or, not done while a dev runs, in `left_to_dev`.
  Status take_over_news();
  Status use_copies();
  // Removes copies of plugins that neither the current generation nor an unfinished run needs.
  Status collect_copies();
  // From the lock to the end of the run. Of the request only how to run is taken.
  Result<MaterializeView> materialize(const Settings& with, Snapshot& snapshot, Work work,
                                      const MaterializeRequest& request, RunListener& listener);
  // Whether resume() of it would come to anything; also where that cannot be said.
  Result<bool> has_rest(const RunRecord& run);
  Snapshot snapshot() { return {catalog, *store, *functions, now, settings.config}; }
};

// Those of the project that the options name; flags are not applied.
Result<Settings> find_settings(const ProjectOptions& options);
// Applies them.
Status apply_options(Settings& settings, const ProjectOptions& options);

ReloadView to_view(const ReloadOutcome& outcome);
std::vector<ProblemView> to_views(const std::vector<Problem>& problems);
// `now` in UTC microseconds: how long a run lasts that is under way.
RunRow to_row(const RunRecord& run, std::int64_t now);
AttemptView to_view(const AttemptRecord& attempt);
AssetView::Latest to_view(const Materialization& made);
CheckResultView to_view(const CheckRecord& check);

// Of plugins, those that the current generation or an unfinished run needs.
Result<std::set<Path>> needed_copies(Store& store);

// Closes runs whose process is gone, puts outputs that are durable in their place and sweeps what
// attempts left behind. Does nothing while another process begins a run.
Result<std::vector<RunRow>> recover(const Settings& settings, Store& store);
// The same for who holds the admission lock (leases.hpp).
Result<std::vector<RunRow>> recover_locked(const Settings& settings, Store& store);
// While no run lives, with what those that died left to move in its place.
Result<FileLock> lock_out_and_recover(const Patience& patience, const Settings& settings,
                                      Store& store);

}  // namespace partita
