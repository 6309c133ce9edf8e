#include "service/renamed_partitions.hpp"

#include <fmt/format.h>

#include <unordered_map>

#include "partitions/key.hpp"
#include "partitions/selection.hpp"
#include "service/outputs.hpp"

namespace partita {
namespace {

Error known_before(const KeyRename& rename, const std::string& asset, const std::string& key) {
  return usage_error(
      fmt::format("rename key `{}` to `{}`: `{}@{}` is known of an earlier key of that name",
                  rename.from, rename.to, asset, quoted_key(key)),
      fmt::format("`partita wipe {} --orphans` forgets it", asset));
}

class PartitionsOfAsset {
 public:
  PartitionsOfAsset(const KeyRename& rename, const std::string& asset, const KeySlots& slots,
                    Store& store, const Settings& settings)
      : rename_(rename), asset_(asset), slots_(slots), store_(store), settings_(settings) {}

  Result<RenamedPartitionsOf> find() {
    if (Status read = read_states(); !read) return std::move(read).error();
    if (taken_) return known_before(rename_, asset_, *taken_);
    Result<std::vector<OutputRecord>> moves = moves_of_outputs();
    if (!moves) return std::move(moves).error();
    return RenamedPartitionsOf{{asset_, slots_, *std::move(moves)},
                               static_cast<std::int64_t>(known_.size())};
  }

 private:
  struct Places {
    Path from, to;
  };

  // In a product each has to be looked at.
  Status read_states() {
    if (slots_.rank > 1)
      return store_.for_each_state(asset_, [&](const PartitionState& state) { take(state); });
    for (const std::string& key : {rename_.from, rename_.to}) {
      auto state = store_.state(asset_, key);
      if (!state) return std::move(state).error();
      if (*state) take(**state);
    }
    return {};
  }

  void take(const PartitionState& state) {
    if (slots_.have(state.identity, rename_.to)) taken_ = state.key;
    if (slots_.have(state.identity, rename_.from)) known_.push_back(state);
  }

  std::string renamed(const std::string& key) const {
    return slots_.replaced(key, rename_.from, rename_.to);
  }

  Result<std::vector<OutputRecord>> moves_of_outputs() {
    Result<std::vector<Places>> places = places_of_outputs();
    if (!places) return std::move(places).error();
    std::vector<OutputRecord> moves;
    for (const auto& [from, to] : *places) {
      std::optional<OutputRecord> move = move_of(from, to);
      if (move) moves.push_back(*std::move(move));
    }
    return moves;
  }

  // A key's text, and with it the place, may have been another when the partition was made.
  Result<std::vector<Places>> places_of_outputs() {
    std::vector<Places> places;
    std::vector<std::string> materialized;
    std::unordered_map<std::string_view, std::size_t> positions;
    for (const PartitionState& state : known_) {
      positions.emplace(state.identity, places.size());
      places.push_back({output_directory(settings_, asset_, state.key),
                        output_directory(settings_, asset_, renamed(state.key))});
      if (state.materialized) materialized.push_back(state.identity);
    }
    Status read =
        store_.for_each_materialization(asset_, materialized, [&](const Materialization& made) {
          if (made.output_dir.empty()) return;
          places[positions.at(made.identity)] = {
              made.output_dir, renamed_output(made.output_dir, made.key, renamed(made.key))};
        });
    if (!read) return std::move(read).error();
    return places;
  }

  const KeyRename& rename_;
  const std::string& asset_;
  const KeySlots slots_;
  Store& store_;
  const Settings& settings_;
  std::vector<PartitionState> known_;
  std::optional<std::string> taken_;  // a partition that has the new key
};

}  // namespace

Result<std::vector<RenamedPartitionsOf>> renamed_partitions(const KeyRename& rename,
                                                            const Catalog& catalog, Store& store,
                                                            const Settings& settings) {
  std::vector<RenamedPartitionsOf> all;
  for (const AssetDef& asset : catalog.assets) {
    const KeySlots slots = KeySlots::of(asset.partitions, rename.set);
    if (!slots.any()) continue;
    auto found = PartitionsOfAsset(rename, asset.key, slots, store, settings).find();
    if (!found) return std::move(found).error();
    all.push_back(*std::move(found));
  }
  return all;
}

}  // namespace partita
