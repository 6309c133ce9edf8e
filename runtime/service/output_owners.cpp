#include "service/output_owners.hpp"

#include "service/orphans.hpp"

namespace partita {
namespace {

// Of partitions of these keys.
Result<std::vector<std::string>> identities_of(const std::string& asset,
                                               const OutputOwners::Keys& keys, Snapshot& snapshot,
                                               Store& store) {
  std::vector<std::string> identities;
  const auto add = [&](const PartitionState& known) {
    if (known.materialized && keys.contains(known.key)) identities.push_back(known.identity);
  };
  const AssetDef* defined = snapshot.catalog().asset(asset);
  Status read = defined == nullptr ? store.for_each_state(asset, add)
                                   : for_each_orphan(asset, snapshot, store, add);
  if (!read) return std::move(read).error();
  if (defined == nullptr) return identities;
  Result<SpacePtr> space = space_of_definition(*defined, snapshot);
  if (!space) return std::move(space).error();
  for (const std::string& key : keys) {
    if (const auto index = (*space)->index_of(key))
      identities.push_back((*space)->identity_at(*index));
  }
  return identities;
}

}  // namespace

Result<OutputOwners> OutputOwners::of(const std::string& asset, const Keys& keys,
                                      Snapshot& snapshot, Store& store) {
  Result<std::vector<std::string>> identities = identities_of(asset, keys, snapshot, store);
  if (!identities) return std::move(identities).error();
  OutputOwners owners;
  Status read = store.for_each_materialization(
      asset, *identities, [&](const Materialization& made) { owners.add(made); });
  if (!read) return std::move(read).error();
  return owners;
}

void OutputOwners::add(const Materialization& made) {
  if (made.output_dir.empty()) return;
  with_output_.insert(made.identity);
  Owner& owner = owners_[made.output_dir];
  if (made.seq >= owner.seq) owner = {made.identity, made.seq};
}

bool OutputOwners::is_anothers(const Path& directory, std::string_view identity) const {
  const auto found = owners_.find(directory.native());
  return found != owners_.end() && found->second.identity != identity;
}

bool OutputOwners::was_given_to(std::string_view identity) const {
  return with_output_.contains(identity);
}

}  // namespace partita
