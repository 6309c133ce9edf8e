#include "service/orphaned_assets.hpp"

#include "service/orphans.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/stored_catalog.hpp"

namespace partita {
namespace {

// Of one asset; so many take well under a second.
constexpr int kMostFilesLookedAt = 20'000;

void add_outputs(const Path& root, OrphanedAssetRow& row) {
  int left = kMostFilesLookedAt;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(root, failed), end; !failed && at != end;
       at.increment(failed)) {
    row.more_output = left-- == 0;
    if (row.more_output) return;
    std::error_code unknown;
    if (!at->is_regular_file(unknown)) continue;
    const auto size = at->file_size(unknown);
    if (!unknown) row.output_bytes += static_cast<std::int64_t>(size);
  }
}

Result<StatusCounts> counts_by_status(const std::string& asset, Store& store) {
  Result<std::vector<StateCount>> states = store.count_by_state(asset);
  if (!states) return std::move(states).error();
  StatusCounts counts;
  for (const StateCount& state : *states)
    counts[status_of(state.last, state.materialized)] += state.partitions;
  return counts;
}

Result<std::optional<AssetView::Latest>> latest_of(const std::string& asset, Store& store) {
  Result<std::optional<Materialization>> latest = store.latest_materialization(asset);
  if (!latest) return std::move(latest).error();
  return *latest ? std::optional(to_view(**latest)) : std::nullopt;
}

Result<OrphanedAssetRow> row_of(const KnownAsset& asset, Store& store, const Settings& settings) {
  Result<StatusCounts> counts = counts_by_status(asset.name, store);
  if (!counts) return std::move(counts).error();
  Result<std::optional<AssetView::Latest>> latest = latest_of(asset.name, store);
  if (!latest) return std::move(latest).error();
  OrphanedAssetRow row{asset.name, asset.partitions, *std::move(counts), *std::move(latest), 0,
                       false};
  add_outputs(output_directory(settings, asset.name, {}).parent_path(), row);
  return row;
}

// The run that had the definitions to tell of: of the newest materialization, or else of an
// attempt.
Result<RunId> last_run_of(const AssetView& view, Store& store) {
  if (view.latest) return view.latest->run;
  Result<std::vector<PartitionState>> states = store.states_at_ends(view.row.key, 1);
  if (!states) return std::move(states).error();
  return states->empty() ? RunId{0} : states->front().last_run;
}

// A few words of the definition that it last had; none where that is not kept.
void add_former_definition(const Catalog& catalog, AssetView& view) {
  const AssetDef* asset = catalog.asset(view.row.key);
  if (asset == nullptr) return;
  AssetRow& row = view.row;
  row.group = asset->group;
  row.plugin = asset->plugin;
  row.description = asset->description;
  row.kinds = asset->kinds;
  row.partitions_kind = asset->partitions.kind();
  if (asset->partitions.is_partitioned()) row.partitions_text = asset->partitions.describe();
  view.owners = asset->owners;
  view.tags = asset->tags;
}

Status add_former_definition(Store& store, AssetView& view) {
  Result<RunId> last_run = last_run_of(view, store);
  if (!last_run) return std::move(last_run).error();
  view.last_run = *last_run;
  Result<RunRecord> run = store.run(*last_run);
  if (!run) return std::move(run).error();
  Result<Catalog> catalog = catalog_of(run->generation, store);
  if (!catalog) return std::move(catalog).error();
  add_former_definition(*catalog, view);
  return {};
}

}  // namespace

Result<OrphanedCount> count_orphaned(Snapshot& snapshot) {
  Result<std::vector<KnownAsset>> assets = snapshot.orphaned_assets();
  if (!assets) return std::move(assets).error();
  OrphanedCount count;
  for (const KnownAsset& asset : *assets) {
    ++count.assets;
    count.partitions += asset.partitions;
  }
  return count;
}

Result<OrphanedAssetsView> orphaned_assets(Snapshot& snapshot, Store& store,
                                           const Settings& settings) {
  Result<std::vector<KnownAsset>> assets = snapshot.orphaned_assets();
  if (!assets) return std::move(assets).error();
  OrphanedAssetsView view;
  view.generation = snapshot.catalog().generation;
  for (const KnownAsset& asset : *assets) {
    Result<OrphanedAssetRow> row = row_of(asset, store, settings);
    if (!row) return std::move(row).error();
    view.assets.push_back(*std::move(row));
  }
  return view;
}

Result<AssetView> show_orphaned(const std::string& asset, Store& store) {
  AssetView view;
  view.orphaned = true;
  view.row.key = asset;
  Result<StatusCounts> counts = counts_by_status(asset, store);
  if (!counts) return std::move(counts).error();
  view.row.counts = *std::move(counts);
  view.orphans = 0;
  for (const auto& [status, count] : view.row.counts) view.orphans += count;
  view.row.partition_count = view.orphans;
  Result<std::optional<AssetView::Latest>> latest = latest_of(asset, store);
  if (!latest) return std::move(latest).error();
  view.latest = *std::move(latest);
  if (Status added = add_former_definition(store, view); !added) return std::move(added).error();
  return view;
}

}  // namespace partita
