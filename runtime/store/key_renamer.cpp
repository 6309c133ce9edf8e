#include "store/key_renamer.hpp"

#include <fmt/format.h>

namespace partita {

Status KeyRenamer::rename(const KeyRename& rename, std::span<const RenamedAsset> assets,
                          std::int64_t at) {
  if (auto done = append({}, {rename, {}}, at); !done) return done;
  for (const RenamedAsset& renamed : assets) {
    if (auto done = rename_in(renamed, rename, at); !done) return done;
  }
  return {};
}

// An asset of which nothing was ever recorded has nothing to rename.
Status KeyRenamer::rename_in(const RenamedAsset& renamed, const KeyRename& rename,
                             std::int64_t at) {
  auto asset = tables_.names.find_asset(renamed.asset);
  if (!asset) return std::move(asset).error();
  if (!*asset) return {};
  auto taken = tables_.states.having(**asset, renamed.slots, rename.to);
  if (!taken) return std::move(taken).error();
  if (!taken->empty()) {
    return Error{ErrorCode::plan_moved,
                 fmt::format("rename key `{}` to `{}`: something is known of `{}@{}`", rename.from,
                             rename.to, renamed.asset, taken->front()),
                 "try again"};
  }
  return append(**asset, {rename, RenamedPartitions{renamed.slots, renamed.moves}}, at);
}

Status KeyRenamer::append(std::optional<AssetId> asset, const KeyRenamed& renamed,
                          std::int64_t at) {
  auto last = tables_.log.last_seq();
  if (!last) return std::move(last).error();
  const std::string payload = encode(renamed);
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = EventKind::key_renamed;
  event.asset = asset;
  event.payload = payload;
  if (auto appended = tables_.log.append(event); !appended) return appended;
  return apply(event);
}

Status KeyRenamer::apply(const Event& event) {
  const auto renamed = decode_renamed(event.payload, event.asset.has_value());
  if (!renamed) return damaged_event(tables_.database, event.seq);
  if (event.asset) return apply_to_asset(event, *event.asset, *renamed);
  if (auto done = sets_.rename(renamed->rename, event.seq); !done) return done;
  return tables_.renames.add(event.seq, renamed->rename);
}

Status KeyRenamer::apply_to_asset(const Event& event, AssetId asset, const KeyRenamed& renamed) {
  const PartitionRename rename{event.seq, renamed.partitions->slots, renamed.rename.from,
                               renamed.rename.to};
  if (auto added = tables_.renames.add(asset, renamed.rename.set, rename); !added) return added;
  auto identities = tables_.states.having(asset, rename.slots, rename.from);
  if (!identities) return std::move(identities).error();
  for (const std::string& identity : *identities) {
    if (auto moved = move_known(asset, identity, rename); !moved) return moved;
  }
  return add_moves(renamed.partitions->moves);
}

Status KeyRenamer::move_known(AssetId asset, const std::string& identity,
                              const PartitionRename& rename) {
  const auto& [seq, slots, from, to] = rename;
  auto known = tables_.states.known(asset, identity);
  if (!known) return std::move(known).error();
  auto checks = tables_.checks.results(asset, identity);
  if (!checks) return std::move(checks).error();
  if (auto erased = tables_.states.erase(asset, identity); !erased) return erased;
  if (auto erased = tables_.checks.erase(asset, identity); !erased) return erased;
  const std::string now = slots.replaced(identity, from, to);
  (*known)->key = slots.replaced((*known)->key, from, to);
  if (auto put = tables_.states.put(asset, now, **known); !put) return put;
  return tables_.checks.put(asset, now, *checks);
}

Status KeyRenamer::add_moves(std::span<const OutputRecord> moves) {
  for (const OutputRecord& move : moves) {
    if (auto added = tables_.outputs.add(move); !added) return added;
  }
  return {};
}

}  // namespace partita
