#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "service/output_owners.hpp"
#include "service/outputs.hpp"
#include "service/project_state.hpp"
#include "service/wipe_targets.hpp"

namespace partita {
namespace {

bool is_there(const Path& path) {
  std::error_code failed;
  return std::filesystem::exists(path, failed);
}

bool is_purged(const WipeRecord& wipe, const Settings& settings) {
  return wipe.outputs > 0 && wipe.undone == 0 && !is_there(wiped_directory(settings, wipe.id));
}

// Partitions of a wipe, asset by asset.
class WipedByAsset {
 public:
  explicit WipedByAsset(Snapshot& snapshot) : snapshot_(snapshot) {}

  void add(const WipedState& wiped, std::string reason) {
    const auto [at, added] = found_.try_emplace(wiped.target.asset);
    Found& found = at->second;
    if (added) found.space = space_of(wiped.target.asset);
    found.view.asset = wiped.target.asset;
    found.view.reason = std::move(reason);
    ++found.view.count;
    found.view.materialized += wiped.materialized ? 1 : 0;
    found.view.outputs += wiped.target.move ? 1 : 0;
    if (!wiped.key.empty()) add_partition(wiped, found);
  }

  std::vector<WipedView> take() {
    std::vector<WipedView> all;
    for (auto& [asset, found] : found_) {
      found.view.partitions = text_of(found);
      all.push_back(std::move(found.view));
    }
    return all;
  }

 private:
  struct Found {
    WipedView view;
    SpacePtr space;  // none where the asset is no longer defined
    std::vector<Index> indices;
    std::vector<std::string> others;  // that the definition does not have, or has as another
  };

  SpacePtr space_of(const std::string& name) {
    const AssetDef* asset = snapshot_.catalog().asset(name);
    Result<SpacePtr> space = asset == nullptr ? SpacePtr() : snapshot_.space(*asset);
    return space ? *std::move(space) : SpacePtr();
  }

  static void add_partition(const WipedState& wiped, Found& found) {
    std::optional<Index> index;
    if (found.space && !wiped.former) index = found.space->index_of_identity(wiped.target.identity);
    if (index)
      found.indices.push_back(*index);
    else
      found.others.push_back(quoted_key(wiped.key));
  }

  static std::string text_of(Found& found) {
    std::vector<std::string> parts;
    if (!found.indices.empty())
      parts.push_back(to_text(
          PartitionSet::of_indices(found.space->shape(), std::move(found.indices)), *found.space));
    if (found.others.size() == 1) parts.push_back(found.others.front());
    if (found.others.size() > 1) parts.push_back(fmt::format("{{{}}}", join(found.others, ",")));
    return parts.size() > 1 ? fmt::format("({})", join(parts, " or ")) : join(parts, "");
  }

  Snapshot& snapshot_;
  std::map<std::string, Found> found_;
};

Result<std::vector<WipedState>> wiped_by(WipeId wipe, Store& store) {
  std::vector<WipedState> wiped;
  Status read =
      store.for_each_wiped(wipe, [&](const WipedState& state) { wiped.push_back(state); });
  if (!read) return std::move(read).error();
  return wiped;
}

// Whether what a wipe took can be where it was.
class PlacesNow {
 public:
  PlacesNow(Snapshot& snapshot, Store& store, const Settings& settings)
      : snapshot_(snapshot), store_(store), settings_(settings) {}

  Status look(const std::vector<WipedState>& wiped) {
    std::map<std::string, OutputOwners::Keys> keys;
    for (const WipedState& one : wiped)
      if (one.materialized) keys[one.target.asset].insert(one.key);
    for (const auto& [asset, some] : keys) {
      Result<OutputOwners> owners = OutputOwners::of(asset, some, snapshot_, store_);
      if (!owners) return std::move(owners).error();
      owners_.emplace(asset, *std::move(owners));
    }
    return {};
  }

  std::string refusal_of(const WipedState& wiped) const {
    if (wiped.former) return "another partition has its name now";
    if (wiped.materialized_since) return "materialized since";
    const auto owners = owners_.find(wiped.target.asset);
    if (!wiped.materialized || owners == owners_.end()) return {};
    const Path place = wiped.target.move
                           ? Path(wiped.target.move->staged)
                           : output_directory(settings_, wiped.target.asset, wiped.key);
    if (owners->second.is_anothers(place, wiped.target.identity))
      return "its output directory is another partition's now";
    return {};
  }

 private:
  Snapshot& snapshot_;
  Store& store_;
  const Settings& settings_;
  std::map<std::string, OutputOwners> owners_;  // by asset
};

Result<WipeRecord> wipe_to_undo(WipeId wipe, Store& store, const Settings& settings) {
  Result<std::vector<WipeRecord>> wipes = store.wipes();
  if (!wipes) return std::move(wipes).error();
  const auto found = std::find_if(wipes->begin(), wipes->end(), [&](const WipeRecord& one) {
    return wipe == 0 ? one.undone == 0 : one.id == wipe;
  });
  if (found == wipes->end()) {
    if (wipe != 0) return store.wipe_record(wipe);
    return Error{ErrorCode::not_found, "undo a wipe: there is none to undo", "partita wipe --list"};
  }
  if (found->undone > 0)
    return usage_error(fmt::format("undo wipe {}: it was undone before", found->id));
  if (is_purged(*found, settings)) {
    return usage_error(fmt::format("undo wipe {}: its outputs were purged", found->id),
                       "materialize the partitions anew");
  }
  return *found;
}

}  // namespace

Result<WipeView> Project::plan_wipe(const WipeRequest& request) {
  Snapshot snapshot = state_->snapshot();
  Result<WipeTargets> found = wipe_targets(request, snapshot, *state_->store, state_->settings);
  if (!found) return std::move(found).error();
  return WipeView{0, request.selection, std::move(found->assets)};
}

Result<WipeView> Project::wipe(const WipeRequest& request) {
  const Settings& settings = state_->settings;
  Store& store = *state_->store;
  Result<FileLock> lock = lock_out_and_recover(request.patience, state_->settings, store);
  if (!lock) return std::move(lock).error();
  Snapshot snapshot = state_->snapshot();
  Result<WipeTargets> found = wipe_targets(request, snapshot, store, settings);
  if (!found) return std::move(found).error();
  WipeView view{0, request.selection, std::move(found->assets)};
  if (found->targets.empty()) return view;
  Result<WipeId> id = forget(*std::move(found), request.selection, store, settings);
  if (!id) return std::move(id).error();
  view.wipe = *id;
  return view;
}

Result<UndoneWipeView> Project::undo_wipe(std::int64_t wipe, const WipeRequest& request) {
  Store& store = *state_->store;
  Result<FileLock> lock = lock_out_and_recover(request.patience, state_->settings, store);
  if (!lock) return std::move(lock).error();
  Result<WipeRecord> record = wipe_to_undo(wipe, store, state_->settings);
  if (!record) return std::move(record).error();
  Snapshot snapshot = state_->snapshot();
  Result<std::vector<WipedState>> wiped = wiped_by(record->id, store);
  if (!wiped) return std::move(wiped).error();
  PlacesNow places(snapshot, store, state_->settings);
  if (Status looked = places.look(*wiped); !looked) return std::move(looked).error();
  WipedByAsset restored(snapshot);
  WipedByAsset refused(snapshot);
  std::vector<WipeTarget> targets;
  std::vector<OutputRecord> moves;
  for (const WipedState& one : *wiped) {
    if (std::string why = places.refusal_of(one); !why.empty()) {
      refused.add(one, std::move(why));
      continue;
    }
    restored.add(one, {});
    WipeTarget& target = targets.emplace_back(one.target);
    if (!target.move) continue;
    target.move = move_of(target.move->target, target.move->staged);
    if (target.move) moves.push_back(*target.move);
  }
  if (Status undone = store.undo_wipe(record->id, targets); !undone)
    return std::move(undone).error();
  if (Status moved = publish(store, moves); !moved) return std::move(moved).error();
  return UndoneWipeView{record->id, record->selection, restored.take(), refused.take()};
}

Result<std::vector<WipeRow>> Project::wipes() {
  Result<std::vector<WipeRecord>> wipes = state_->store->wipes();
  if (!wipes) return std::move(wipes).error();
  std::vector<WipeRow> rows;
  for (const WipeRecord& wipe : *wipes) {
    rows.push_back({wipe.id, wipe.at / 1'000'000, wipe.selection, wipe.partitions, wipe.outputs,
                    wipe.undone, is_purged(wipe, state_->settings)});
  }
  return rows;
}

// Out of sight at once, so that an undoing finds all outputs of a wipe or none; what is left of
// the removal after a crash is swept with the other temporary files.
Result<std::vector<std::int64_t>> Project::purge_wipes(std::int64_t wipe,
                                                       const WipeRequest& request) {
  const Settings& settings = state_->settings;
  Result<FileLock> lock = lock_out_and_recover(request.patience, state_->settings, *state_->store);
  if (!lock) return std::move(lock).error();
  if (wipe != 0) {
    if (Result<WipeRecord> known = state_->store->wipe_record(wipe); !known)
      return std::move(known).error();
  }
  Result<std::vector<WipeRow>> rows = wipes();
  if (!rows) return std::move(rows).error();
  std::vector<std::int64_t> purged;
  for (const WipeRow& row : *rows) {
    const Path directory = wiped_directory(settings, row.wipe);
    if ((wipe != 0 && row.wipe != wipe) || !is_there(directory)) continue;
    const Path doomed = settings.state / "tmp" / fmt::format("purged-{}", row.wipe);
    if (Status made = make_directories(doomed.parent_path()); !made) return std::move(made).error();
    if (Status emptied = remove_tree(doomed); !emptied) return std::move(emptied).error();
    if (Status moved = publish_directory(directory, doomed); !moved)
      return std::move(moved).error();
    if (Status removed = remove_tree(doomed); !removed) return std::move(removed).error();
    purged.push_back(row.wipe);
  }
  return purged;
}

}  // namespace partita
