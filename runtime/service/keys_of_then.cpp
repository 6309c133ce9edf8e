#include "service/keys_of_then.hpp"

#include <vector>

#include "partitions/key_slots.hpp"

namespace partita {

std::optional<std::string> identity_of_now(std::string identity,
                                           const PartitionsDefinition& definition,
                                           std::span<const KeyRename> renames) {
  for (const KeyRename& rename : renames) {
    const KeySlots slots = KeySlots::of(definition, rename.set);
    if (slots.have(identity, rename.to)) return std::nullopt;
    identity = slots.replaced(identity, rename.from, rename.to);
  }
  return identity;
}

Result<PartitionSet> KeysOfThen::find(const PartitionsDefinition& then, Instant as_of,
                                      const PartitionSpace& today, const Read& read) {
  Result<bool> others = then == today.definition() ? are_others(then) : Result<bool>(true);
  if (!others) return std::move(others).error();
  if (!*others) return read(today);
  const SpaceContext context{
      as_of, [this](std::string_view set) { return store_.dynamic_keys_at(set, seq_); }};
  Result<SpacePtr> space = make_space(then, context);
  if (!space) return std::move(space).error();
  Result<PartitionSet> set = read(**space);
  if (!set) return set;
  return moved(*set, **space, today);
}

// What was added since is behind them, so that what names them is of the same.
Result<bool> KeysOfThen::are_others(const PartitionsDefinition& definition) {
  for (const Dimension& dimension : definition.dimensions) {
    const auto* dynamic = std::get_if<DynamicDimension>(&dimension.kind);
    if (dynamic == nullptr) continue;
    Result<bool> lost = store_.has_lost_keys_after(dynamic->set, seq_);
    if (!lost || *lost) return lost;
  }
  return false;
}

Result<PartitionSet> KeysOfThen::moved(const PartitionSet& set, const PartitionSpace& then,
                                       const PartitionSpace& today) {
  Result<std::vector<KeyRename>> renames = store_.keys_renamed_after(seq_);
  if (!renames) return std::move(renames).error();
  std::vector<Index> indices;
  set.for_each([&](Index index) {
    const auto identity = identity_of_now(then.identity_at(index), then.definition(), *renames);
    if (!identity) return true;
    if (const auto same = today.index_of_identity(*identity)) indices.push_back(*same);
    return true;
  });
  return PartitionSet::of_indices(today.shape(), std::move(indices));
}

}  // namespace partita
