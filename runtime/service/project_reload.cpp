#include <algorithm>

#include "service/dev_socket.hpp"
#include "service/mapping_checks.hpp"
#include "service/project_state.hpp"
#include "service/reload_effects.hpp"
#include "service/settings_unread.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

// Unfinished runs older than the last so many are given up: their code may go.
constexpr std::int64_t kRunsRemembered = 20;

Status save(Store& store, const Catalog& catalog) {
  return store.save_catalog(catalog.generation, to_json(catalog).dump());
}

void add_copies(const Catalog& catalog, std::set<Path>& copies) {
  for (const PluginRecord& plugin : catalog.plugins) copies.insert(plugin.stored);
}

// Problems are told by the command that finds them first, and by those that are asked for them.
bool has_news(const std::vector<ProblemView>& problems, const Catalog& before) {
  const auto is_known = [&](const ProblemView& problem) {
    return std::any_of(before.problems.begin(), before.problems.end(), [&](const Problem& known) {
      return known.plugin == problem.plugin && known.message == problem.message;
    });
  };
  return !std::all_of(problems.begin(), problems.end(), is_known);
}

bool may_go_on(const RunRecord& run) {
  return run.state == RunState::running || run.state == RunState::interrupted ||
         run.state == RunState::cancelled;
}

std::set<std::int64_t> generations_of_unfinished(const std::vector<RunRecord>& runs) {
  std::set<std::int64_t> generations;
  for (const RunRecord& run : runs) {
    if (may_go_on(run)) generations.insert(run.generation);
  }
  return generations;
}

}  // namespace

Result<std::set<Path>> needed_copies(Store& store) {
  std::set<Path> copies;
  Result<Catalog> current = current_catalog(store);
  if (!current) return std::move(current).error();
  add_copies(*current, copies);
  Result<std::vector<RunRecord>> runs = store.runs(kRunsRemembered);
  if (!runs) return std::move(runs).error();
  for (const std::int64_t generation : generations_of_unfinished(*runs)) {
    Result<Catalog> pinned = catalog_of(generation, store);
    if (!pinned) return std::move(pinned).error();
    add_copies(*pinned, copies);
  }
  return copies;
}

ReloadOptions Project::State::reload_options() const {
  ReloadOptions options;
  options.directories = settings.definitions;
  options.plugin_store = settings.state / "plugins";
  options.zygote = plugin_zygote();
  return options;
}

Status Project::State::read_stored_catalog() {
  Result<Catalog> stored = current_catalog(*store);
  if (!stored) return std::move(stored).error();
  catalog = std::make_shared<const Catalog>(*std::move(stored));
  return {};
}

Status Project::State::use_copies() {
  Result<PluginStore> opened = PluginStore::open(settings.state / "plugins");
  if (!opened) return std::move(opened).error();
  Result<Descriptor> use = opened->use();
  if (!use) return std::move(use).error();
  copies = *std::move(opened);
  copies_in_use = *std::move(use);
  return {};
}

Status Project::State::collect_copies() {
  const auto removed = copies->collect(copies_in_use, [this] { return needed_copies(*store); });
  return removed ? Status() : Status(removed.error());
}

Result<ReloadView> Project::State::rescan(bool dry_run) {
  Result<ReloadOutcome> outcome = partita::reload(reload_options(), catalog);
  if (!outcome) return std::move(outcome).error();
  ReloadView view = to_view(*outcome);
  Snapshot before = snapshot();
  Snapshot after(outcome->catalog, *store, *functions, now, settings.config);
  Result<std::vector<PartitionsEffect>> effects = effects_of(outcome->diff, before, after);
  if (!effects) return std::move(effects).error();
  view.effects = *std::move(effects);
  // The same generation may come with newer signatures: kept, so that those files are not read
  // again.
  if (dry_run || outcome->catalog == catalog) return view;
  if (Status saved = save(*store, *outcome->catalog); !saved) return std::move(saved).error();
  catalog = outcome->catalog;
  functions->end_children();
  return view;
}

Status Project::State::take_over_news() {
  const bool leave_it = dev_is_running(settings.state);
  const CatalogPtr before = catalog;
  Result<ReloadView> rescanned = rescan(leave_it);
  if (!rescanned) return std::move(rescanned).error();
  const bool news = rescanned->is_change() || (!leave_it && has_news(rescanned->problems, *before));
  if (!news) return {};
  (leave_it ? left_to_dev : taken_over) = *std::move(rescanned);
  return leave_it ? Status() : collect_copies();
}

Result<ReloadView> Project::reload(bool dry_run) {
  Result<ReloadView> view = state_->rescan(dry_run);
  if (!view || dry_run) return view;
  tell_dev_of_reload(state_->settings.state);
  if (Status collected = state_->collect_copies(); !collected) return std::move(collected).error();
  return view;
}

Result<ReloadView> Project::check() {
  Result<ReloadOutcome> outcome =
      partita::reload(state_->reload_options(), std::make_shared<Catalog>());
  if (!outcome) return std::move(outcome).error();
  ReloadView view = to_view(*outcome);
  view.generation = state_->catalog->generation;
  Snapshot snapshot(outcome->catalog, *state_->store, *state_->functions, state_->now,
                    state_->settings.config);
  for (ProblemView& problem : check_mapping_functions(snapshot, *state_->functions)) {
    view.problems.push_back(std::move(problem));
  }
  for (std::string& line : settings_for_nothing(state_->settings, *outcome->catalog))
    view.problems.push_back({"", "unused_setting", std::move(line), true});
  return view;
}

std::vector<ProblemView> to_views(const std::vector<Problem>& problems) {
  std::vector<ProblemView> views;
  views.reserve(problems.size());
  for (const Problem& problem : problems) {
    const bool known = std::any_of(views.begin(), views.end(), [&](const ProblemView& view) {
      return view.plugin == problem.plugin && view.message == problem.message;
    });
    if (!known) views.push_back({problem.plugin, problem.code, problem.message, problem.warning});
  }
  return views;
}

ReloadView to_view(const ReloadOutcome& outcome) {
  ReloadView view;
  view.generation = outcome.catalog->generation;
  view.added = outcome.diff.added;
  view.removed = outcome.diff.removed;
  for (const AssetChange& change : outcome.diff.changed)
    view.changed.emplace_back(change.asset, change.what);
  view.unchanged = outcome.diff.unchanged;
  view.problems = to_views(outcome.catalog->problems);
  view.output = outcome.load_output;
  for (const Path& directory : outcome.emptied) view.emptied.push_back(directory.string());
  return view;
}

}  // namespace partita
