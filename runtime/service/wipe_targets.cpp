#include "service/wipe_targets.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "service/orphans.hpp"
#include "service/outputs.hpp"

namespace partita {
namespace {

struct Known {
  std::string identity, key;
  bool materialized = false;
};

Error which_partitions(const AssetDef& asset) {
  return usage_error(fmt::format("wipe `{}`: say which partitions (it is partitioned: {})",
                                 asset.key, asset.partitions.describe()),
                     fmt::format("`{0}@all`, `{0}@latest`, `{0}@KEY` or `{0}@FROM..TO`; "
                                 "`partita partitions {0}` shows the keys",
                                 asset.key));
}

class TargetsOfWipe {
 public:
  TargetsOfWipe(const WipeRequest& request, Snapshot& snapshot, Store& store,
                const Settings& settings)
      : request_(request), snapshot_(snapshot), store_(store), settings_(settings) {}

  Result<WipeTargets> find() {
    Status found = request_.orphans ? add_orphans() : add_selected();
    if (!found) return std::move(found).error();
    return std::move(found_);
  }

 private:
  Status add_selected() {
    auto expr = parse_selection(request_.selection);
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

  Status add_orphans() {
    const std::string& asset = request_.selection;
    std::vector<Known> known;
    std::vector<std::string> keys;
    Status read = for_each_orphan(asset, snapshot_, store_, [&](const PartitionState& state) {
      known.push_back({state.identity, state.key, state.materialized});
      if (!state.key.empty()) keys.push_back(quoted_key(state.key));
    });
    if (!read || known.empty()) return read;
    return add(asset, keys.empty() ? "" : fmt::format("{{{}}}", join(keys, ",")), known);
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

  // Where they are, if there are any. A key's text, and with it the place, may have been another
  // when the partition was made.
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
    return outputs;
  }

  const WipeRequest& request_;
  Snapshot& snapshot_;
  Store& store_;
  const Settings& settings_;
  WipeTargets found_;
};

}  // namespace

Result<WipeTargets> wipe_targets(const WipeRequest& request, Snapshot& snapshot, Store& store,
                                 const Settings& settings) {
  return TargetsOfWipe(request, snapshot, store, settings).find();
}

}  // namespace partita
