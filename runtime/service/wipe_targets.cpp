#include "service/wipe_targets.hpp"

#include <fmt/format.h>

#include <functional>
#include <unordered_map>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "service/orphans.hpp"
#include "service/output_owners.hpp"
#include "service/outputs.hpp"

namespace partita {
namespace {

struct Known {
  std::string identity, key;
  bool materialized = false;
};

// Where a wipe puts an output: the same place below a directory of its own.
Path set_aside(const Settings& settings, WipeId wipe, const Path& output) {
  return wiped_directory(settings, wipe) / output.lexically_relative(settings.state);
}

Error which_partitions(const AssetDef& asset) {
  return usage_error(fmt::format("wipe `{}`: say which partitions (it is partitioned: {})",
                                 asset.key, asset.partitions.describe()),
                     fmt::format("`{0}@all`, `{0}@latest`, `{0}@KEY` or `{0}@FROM..TO`; "
                                 "`partita partitions {0}` shows the keys",
                                 asset.key));
}

class TargetsOfWipe {
 public:
  TargetsOfWipe(Snapshot& snapshot, Store& store, const Settings& settings)
      : snapshot_(snapshot), store_(store), settings_(settings) {}

  WipeTargets take() { return std::move(found_); }

  Status add_selected(const std::string& selection) {
    auto expr = parse_selection(selection);
    if (!expr) return std::move(expr).error();
    Result<Selected> selected = select(**expr, snapshot_.world());
    if (!selected) return std::move(selected).error();
    for (const auto& [key, one] : *selected) {
      const AssetDef& asset = *snapshot_.catalog().asset(key);
      if (!one.named && asset.partitions.is_partitioned()) return which_partitions(asset);
      if (Status added = add_partitions(asset, one.partitions); !added) return added;
    }
    return {};
  }

  using IsMeant = std::function<bool(const PartitionState& orphan)>;
  Status add_orphans(const std::string& asset, const IsMeant& is_meant) {
    std::vector<Known> known;
    std::vector<std::string> keys;
    Status read = for_each_orphan(asset, snapshot_, store_, [&](const PartitionState& state) {
      if (!is_meant(state)) return;
      known.push_back({state.identity, state.key, state.materialized});
      if (!state.key.empty()) keys.push_back(quoted_key(state.key));
    });
    if (!read || known.empty()) return read;
    return add(asset, keys.empty() ? "" : fmt::format("{{{}}}", join(keys, ",")), known);
  }

  // Orphans with the output directories of what is planned.
  Status add_displaced(const PlannedAsset& planned) {
    const std::string& asset = planned.def.key;
    OutputOwners::Keys keys;
    Status read = for_each_orphan(asset, snapshot_, store_, [&](const PartitionState& orphan) {
      const std::optional<Index> index = planned.space->index_of(orphan.key);
      if (orphan.materialized && index && planned.targets.contains(*index)) keys.insert(orphan.key);
    });
    if (!read || keys.empty()) return read;
    Result<OutputOwners> owners = OutputOwners::of(asset, keys, snapshot_, store_);
    if (!owners) return std::move(owners).error();
    return add_orphans(asset, [&](const PartitionState& orphan) {
      return keys.contains(orphan.key) && owners->was_given_to(orphan.identity);
    });
  }

 private:
  Status add_partitions(const AssetDef& asset, const PartitionSet& selected) {
    Result<SpacePtr> space = snapshot_.space(asset);
    if (!space) return std::move(space).error();
    Result<const OutcomeSets*> outcomes = snapshot_.outcomes(asset);
    if (!outcomes) return std::move(outcomes).error();
    const PartitionSet wiped = selected.intersected(ever_attempted(**outcomes));
    if (wiped.empty()) return {};
    std::vector<Known> known;
    known.reserve(static_cast<std::size_t>(wiped.count()));
    wiped.for_each([&](Index index) {
      known.push_back({(*space)->identity_at(index), (*space)->key_at(index),
                       (*outcomes)->materialized.contains(index)});
      return true;
    });
    std::string text;
    if (asset.partitions.is_partitioned()) text = to_text(wiped, **space);
    return add(asset.key, std::move(text), known);
  }

  Status add(const std::string& asset, std::string text, const std::vector<Known>& known) {
    Result<std::vector<Path>> outputs = outputs_of(asset, known);
    if (!outputs) return std::move(outputs).error();
    WipedView view{asset, std::move(text), static_cast<std::int64_t>(known.size()), 0, 0, {}};
    for (std::size_t i = 0; i < known.size(); ++i) {
      std::error_code failed;
      const bool has_output = std::filesystem::is_directory((*outputs)[i], failed);
      view.outputs += has_output ? 1 : 0;
      view.materialized += known[i].materialized ? 1 : 0;
      found_.targets.push_back({asset, known[i].identity, {}});
      found_.outputs.push_back(has_output ? std::move((*outputs)[i]) : Path());
    }
    found_.assets.push_back(std::move(view));
    return {};
  }

  // Where they are, if there are any that are their own. A key's text, and with it the place, may
  // have been another when the partition was made.
  Result<std::vector<Path>> outputs_of(const std::string& asset, const std::vector<Known>& known) {
    std::vector<Path> outputs;
    std::vector<std::string> materialized;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const Known& one : known) {
      places.emplace(one.identity, outputs.size());
      outputs.push_back(output_directory(settings_, asset, one.key));
      if (one.materialized) materialized.push_back(one.identity);
    }
    Status read =
        store_.for_each_materialization(asset, materialized, [&](const Materialization& made) {
          if (!made.output_dir.empty()) outputs[places.at(made.identity)] = made.output_dir;
        });
    if (!read) return std::move(read).error();
    if (Status left = leave_to_owners(asset, known, outputs); !left) return std::move(left).error();
    return outputs;
  }

  Status leave_to_owners(const std::string& asset, const std::vector<Known>& known,
                         std::vector<Path>& outputs) {
    if (const AssetDef* defined = snapshot_.catalog().asset(asset)) {
      Result<std::int64_t> orphans = count_orphans(*defined, snapshot_, store_);
      if (!orphans) return std::move(orphans).error();
      if (*orphans == 0) return {};
    }
    OutputOwners::Keys keys;
    for (const Known& one : known) keys.insert(one.key);
    Result<OutputOwners> owners = OutputOwners::of(asset, keys, snapshot_, store_);
    if (!owners) return std::move(owners).error();
    for (std::size_t i = 0; i < known.size(); ++i)
      if (owners->is_anothers(outputs[i], known[i].identity)) outputs[i].clear();
    return {};
  }

  Snapshot& snapshot_;
  Store& store_;
  const Settings& settings_;
  WipeTargets found_;
};

}  // namespace

Result<WipeTargets> wipe_targets(const WipeRequest& request, Snapshot& snapshot, Store& store,
                                 const Settings& settings) {
  TargetsOfWipe targets(snapshot, store, settings);
  const auto all = [](const PartitionState&) { return true; };
  Status found = request.orphans ? targets.add_orphans(request.selection, all)
                                 : targets.add_selected(request.selection);
  if (!found) return std::move(found).error();
  return targets.take();
}

Result<WipeTargets> displaced_by(const Plan& plan, Snapshot& snapshot, Store& store,
                                 const Settings& settings) {
  TargetsOfWipe targets(snapshot, store, settings);
  for (const PlannedAsset& planned : plan.assets)
    if (Status added = targets.add_displaced(planned); !added) return std::move(added).error();
  return targets.take();
}

Result<WipeId> forget(WipeTargets found, std::string_view selection, Store& store,
                      const Settings& settings) {
  Result<WipeId> id = store.next_wipe();
  if (!id) return id;
  std::vector<OutputRecord> moves;
  for (std::size_t i = 0; i < found.targets.size(); ++i) {
    const Path& output = found.outputs[i];
    if (output.empty()) continue;
    std::optional<OutputRecord>& move = found.targets[i].move;
    move = move_of(output, set_aside(settings, *id, output));
    if (move) moves.push_back(*move);
  }
  if (Status wiped = store.wipe(selection, found.targets); !wiped) return std::move(wiped).error();
  if (Status moved = publish(store, moves); !moved) return std::move(moved).error();
  return id;
}

}  // namespace partita
