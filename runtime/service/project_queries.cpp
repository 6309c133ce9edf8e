#include <fmt/format.h>

#include <algorithm>

#include "service/check_standing.hpp"
#include "service/last_good.hpp"
#include "service/live_runs.hpp"
#include "service/orphaned_assets.hpp"
#include "service/orphans.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr std::int64_t kAllRuns = 20;

std::vector<std::string> names_of_checks(const AssetDef& asset, const Catalog& catalog) {
  std::vector<std::string> names;
  for (const CheckDef* check : catalog.checks_on(asset.key)) names.push_back(check->name);
  return names;
}

Result<AssetRow> row_of(const AssetDef& asset, Snapshot& snapshot, LiveRuns& live, Store& store) {
  Result<SpacePtr> space = snapshot.space(asset);
  if (!space) return std::move(space).error();
  Result<ShownStatuses> shown = shown_statuses(asset, snapshot, live);
  if (!shown) return std::move(shown).error();
  AssetRow row;
  row.key = asset.key;
  row.group = asset.group;
  row.plugin = asset.plugin;
  row.description = asset.description;
  row.kinds = asset.kinds;
  for (const Dependency& dep : asset.deps) row.deps.push_back(dep.asset);
  row.partitions_kind = asset.partitions.kind();
  row.partitions_text =
      asset.partitions.is_partitioned() ? asset.partitions.describe() : std::string();
  row.partition_count = (*space)->size();
  row.counts = counts_of(shown->statuses);
  Result<const Freshness*> freshness = snapshot.freshness(asset);
  if (!freshness) return std::move(freshness).error();
  row.stale = (*freshness)->stale.count();
  row.unknown = (*freshness)->unknown.count();
  Result<PartitionSet> not_passed =
      checks_not_passed(asset, names_of_checks(asset, snapshot.catalog()), **space, store);
  if (!not_passed) return std::move(not_passed).error();
  row.checks_not_passed = not_passed->count();
  row.strip = strip_of(shown->resting(), (*space)->size());
  row.blocked = snapshot.catalog().blocked_reason(asset);
  return row;
}

Result<std::vector<AssetRow>> rows_of(const std::vector<const AssetDef*>& assets,
                                      Snapshot& snapshot, LiveRuns& live, Store& store) {
  std::vector<AssetRow> rows;
  for (const AssetDef* asset : assets) {
    Result<AssetRow> row = row_of(*asset, snapshot, live, store);
    if (!row) return std::move(row).error();
    rows.push_back(*std::move(row));
  }
  return rows;
}

std::vector<const AssetDef*> all_assets(const Catalog& catalog) {
  std::vector<const AssetDef*> assets;
  for (const AssetDef& asset : catalog.assets) assets.push_back(&asset);
  return assets;
}

Result<std::vector<const AssetDef*>> selected_assets(std::string_view selection,
                                                     Snapshot& snapshot) {
  if (selection.empty()) return all_assets(snapshot.catalog());
  auto expr = parse_selection(selection);
  if (!expr) return std::move(expr).error();
  Result<Selected> selected = select(**expr, snapshot.world());
  if (!selected) return std::move(selected).error();
  std::vector<const AssetDef*> assets;
  for (const auto& [key, one] : *selected) assets.push_back(snapshot.catalog().asset(key));
  return assets;
}

void add_definition(const AssetDef& asset, const Catalog& catalog, AssetView& view) {
  view.code_version = catalog.code_version(asset);
  view.pool = asset.pool;
  view.policy = describe(asset.policy);
  view.policy_json = to_json(asset.policy);
  view.owners = asset.owners;
  view.tags = asset.tags;
  for (const Dependency& dep : asset.deps)
    view.upstream.push_back({dep.asset, dep.mapping.describe()});
  for (const AssetDef& other : catalog.assets) {
    const bool depends = std::any_of(other.deps.begin(), other.deps.end(),
                                     [&](const Dependency& dep) { return dep.asset == asset.key; });
    if (depends) view.downstream.push_back(other.key);
  }
  if (const PluginRecord* plugin = catalog.plugin(asset.plugin)) {
    view.plugin_file = plugin->file.string();
    view.load_hash = plugin->load_hash;
    view.stale_definition = plugin->stale_reason;
  }
}

Status add_latest(const AssetDef& asset, Snapshot& snapshot, Store& store, AssetView& view) {
  Result<std::optional<Materialization>> latest = store.latest_materialization(asset.key);
  if (!latest) return std::move(latest).error();
  if (!*latest) return {};
  view.latest = to_view(**latest);
  Result<SpacePtr> space = space_of_definition(asset, snapshot);
  if (!space) return std::move(space).error();
  view.latest_is_orphan = !(*space)->index_of_identity((*latest)->identity);
  return {};
}

Status add_checks(const AssetDef& asset, Snapshot& snapshot, Store& store, AssetView& view) {
  for (const CheckDef* check : snapshot.catalog().checks_on(asset.key)) {
    view.checks.push_back({check->name, check->description, check->blocking,
                           check->severity == CheckDef::Severity::warning, 0, 0});
  }
  return count_checks(asset, snapshot, store, view.checks);
}

// One page of a set, after the partition that the last page ended with.
class Page {
 public:
  Page(const PartitionSpace& space, Index after, std::int64_t limit)
      : space_(space), after_(after), limit_(limit) {}

  void fill(const PartitionSet& set) {
    set.for_each_run([&](Run run) {
      for (Index at = std::max(run.begin, after_ + 1); at < run.end; ++at) {
        if (limit_ > 0 && static_cast<std::int64_t>(indices_.size()) == limit_) {
          more_ = true;
          return false;
        }
        indices_.push_back(at);
      }
      return true;
    });
  }

  const std::vector<Index>& indices() const { return indices_; }
  std::string cursor() const {
    return more_ && !indices_.empty() ? space_.key_at(indices_.back()) : std::string();
  }

 private:
  const PartitionSpace& space_;
  Index after_;
  std::int64_t limit_;
  std::vector<Index> indices_;
  bool more_ = false;
};

DisplayStatus status_at(const StatusMap& statuses, Index index) {
  for (const auto& [status, set] : statuses) {
    if (set.contains(index)) return status;
  }
  return DisplayStatus::missing;
}

void add_freshness(const Freshness& freshness, Index index, PartitionRow& row) {
  if (freshness.unknown.contains(index)) {
    row.reason = freshness.unknown_reason;
    return;
  }
  row.fresh = !freshness.stale.contains(index);
  if (*row.fresh) return;
  for (const StaleReason& reason : freshness.reasons) {
    if (reason.partitions.contains(index))
      row.reason += (row.reason.empty() ? "" : "; ") + reason.text;
  }
}

Result<PartitionRow> partition_row(const AssetDef& asset, const PartitionSpace& space,
                                   const ShownStatuses& shown, const Freshness& freshness,
                                   Index index, Store& store) {
  PartitionRow row;
  row.key = space.key_at(index);
  row.window = space.window_at(index);
  row.status = status_at(shown.statuses, index);
  row.reason = shown.activity_at(index);
  if (!row.reason.empty()) return row;
  if (row.status == DisplayStatus::missing) return row;
  if (row.status == DisplayStatus::materialized) {
    add_freshness(freshness, index, row);
    return row;
  }
  Result<std::optional<PartitionState>> state = store.state(asset.key, space.identity_at(index));
  if (!state) return std::move(state).error();
  if (state->has_value()) row.reason = (*state)->reason;
  return row;
}

Result<PartitionSet> matching(const PartitionsRequest& request, const PartitionSpace& space,
                              const AssetDef& asset, Snapshot& snapshot,
                              const StatusMap& statuses) {
  PartitionSet set = PartitionSet::all(space.shape());
  if (!request.selection.empty()) {
    auto expr = parse_partitions(request.selection);
    if (!expr) return std::move(expr).error();
    Result<StatusSets> known = snapshot.world().statuses(asset);
    if (!known) return std::move(known).error();
    Result<const Freshness*> freshness = snapshot.freshness(asset);
    if (!freshness) return std::move(freshness).error();
    known->stale = (*freshness)->stale;
    Result<PartitionSet> named = evaluate(**expr, space, *known);
    if (!named) return named;
    set = *std::move(named);
  }
  if (!request.status) return set;
  const auto wanted = statuses.find(*request.status);
  return wanted == statuses.end() ? PartitionSet::none(space.shape())
                                  : set.intersected(wanted->second);
}

bool needs_attention(const AssetRow& row) {
  return !row.blocked.empty() || row.counts.contains(DisplayStatus::failed) ||
         row.counts.contains(DisplayStatus::upstream_failed) || row.stale > 0 || row.unknown > 0 ||
         row.checks_not_passed > 0;
}

}  // namespace

Result<ListView> Project::list(std::string_view selection) {
  Result<LiveRuns> live = LiveRuns::look(state_->settings, *state_->catalog, *state_->store);
  if (!live) return std::move(live).error();
  Snapshot snapshot = state_->snapshot();
  auto assets = selected_assets(selection, snapshot);
  if (!assets) return std::move(assets).error();
  Result<std::vector<AssetRow>> rows = rows_of(*assets, snapshot, *live, *state_->store);
  if (!rows) return std::move(rows).error();
  Result<OrphanedCount> orphaned = count_orphaned(snapshot);
  if (!orphaned) return std::move(orphaned).error();
  return ListView{state_->catalog->generation, *std::move(rows),
                  to_views(state_->catalog->problems), *orphaned};
}

Result<OrphanedAssetsView> Project::orphaned_assets() {
  Snapshot snapshot = state_->snapshot();
  return partita::orphaned_assets(snapshot, *state_->store, state_->settings);
}

Result<AssetView> Project::show(std::string_view key) {
  Result<LiveRuns> live = LiveRuns::look(state_->settings, *state_->catalog, *state_->store);
  if (!live) return std::move(live).error();
  Snapshot snapshot = state_->snapshot();
  Result<bool> orphaned = snapshot.is_orphaned(key);
  if (!orphaned) return std::move(orphaned).error();
  if (*orphaned) return show_orphaned(std::string(key), *state_->store);
  Result<const AssetDef*> asset = snapshot.find(key);
  if (!asset) return std::move(asset).error();
  Result<AssetRow> row = row_of(**asset, snapshot, *live, *state_->store);
  if (!row) return std::move(row).error();
  AssetView view;
  view.row = *std::move(row);
  add_definition(**asset, *state_->catalog, view);
  Result<std::int64_t> orphans = count_orphans(**asset, snapshot, *state_->store);
  if (!orphans) return std::move(orphans).error();
  view.orphans = *orphans;
  if (Status added = add_latest(**asset, snapshot, *state_->store, view); !added)
    return std::move(added).error();
  if (Status added = add_checks(**asset, snapshot, *state_->store, view); !added)
    return std::move(added).error();
  return view;
}

Result<PartitionsView> Project::partitions(const PartitionsRequest& request) {
  Result<LiveRuns> live = LiveRuns::look(state_->settings, *state_->catalog, *state_->store);
  if (!live) return std::move(live).error();
  Snapshot snapshot = state_->snapshot();
  Result<bool> orphaned = snapshot.is_orphaned(request.asset);
  if (!orphaned) return std::move(orphaned).error();
  if (*orphaned || request.orphans) return orphans_of(request, snapshot, *state_->store);
  Result<const AssetDef*> asset = snapshot.find(request.asset);
  if (!asset) return std::move(asset).error();
  Result<SpacePtr> space = snapshot.space(**asset);
  if (!space) return std::move(space).error();
  Result<ShownStatuses> shown = shown_statuses(**asset, snapshot, *live);
  if (!shown) return std::move(shown).error();
  Result<PartitionSet> set = matching(request, **space, **asset, snapshot, shown->statuses);
  if (!set) return std::move(set).error();
  Index after = -1;
  if (!request.cursor.empty()) {
    Result<Index> found = (*space)->find(request.cursor);
    if (!found) return std::move(found).error().wrap("read --cursor");
    after = *found;
  }
  Page page(**space, after, request.limit);
  page.fill(*set);
  PartitionsView view{(*asset)->key, set->count(), {}, page.cursor(), {}, false};
  view.problems = last_good_problems(
      *state_->catalog, [&](std::string_view plugin) { return plugin == (*asset)->plugin; });
  Result<const Freshness*> freshness = snapshot.freshness(**asset);
  if (!freshness) return std::move(freshness).error();
  for (const Index index : page.indices()) {
    Result<PartitionRow> row =
        partition_row(**asset, **space, *shown, **freshness, index, *state_->store);
    if (!row) return std::move(row).error();
    view.partitions.push_back(*std::move(row));
  }
  return view;
}

Result<StatusView> Project::status() {
  Result<LiveRuns> live = LiveRuns::look(state_->settings, *state_->catalog, *state_->store);
  if (!live) return std::move(live).error();
  Snapshot snapshot = state_->snapshot();
  Result<std::vector<AssetRow>> rows =
      rows_of(all_assets(*state_->catalog), snapshot, *live, *state_->store);
  if (!rows) return std::move(rows).error();
  StatusView view;
  view.project = state_->settings.directory.string();
  view.generation = state_->catalog->generation;
  view.assets = static_cast<std::int64_t>(rows->size());
  for (const AssetRow& row : *rows) {
    view.partitions += row.partition_count;
    view.stale += row.stale;
    view.checks_not_passed += row.checks_not_passed;
    for (const auto& [status, count] : row.counts) view.counts[status] += count;
    if (needs_attention(row)) view.attention.push_back(row);
  }
  Result<std::vector<RunRow>> recent = runs(kAllRuns, 0);
  if (!recent) return std::move(recent).error();
  for (const RunRow& row : *recent) {
    if (row.result != "interrupted" || row.kind != "materialize") continue;
    Result<RunRecord> run = state_->store->run(row.run);
    if (!run) return std::move(run).error();
    Result<bool> left = state_->has_rest(*run);
    if (!left) return std::move(left).error();
    if (*left) view.interrupted.push_back(row);
  }
  recent->resize(std::min<std::size_t>(recent->size(), 5));
  view.recent = *std::move(recent);
  view.problems = to_views(state_->catalog->problems);
  Result<OrphanedCount> orphaned = count_orphaned(snapshot);
  if (!orphaned) return std::move(orphaned).error();
  view.orphaned = *orphaned;
  return view;
}

}  // namespace partita
