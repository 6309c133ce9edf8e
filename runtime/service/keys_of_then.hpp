// Partitions that were written down as text, when dynamic sets had other keys, or the same in
// another order, and assets other partitions: the plan of a run, what a run was at. A range is read
// among the keys of then, and what it has is found by its identity.
//
// One thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "partitions/set.hpp"
#include "partitions/space.hpp"
#include "store/store.hpp"

namespace partita {

// What a partition is called after these renames, in their order; nothing where it had gone, and
// another got its name.
std::optional<std::string> identity_of_now(std::string identity,
                                           const PartitionsDefinition& definition,
                                           std::span<const KeyRename> renames);

class KeysOfThen {
 public:
  // Of when that event was the last. The store is borrowed.
  KeysOfThen(Store& store, std::int64_t seq) : store_(store), seq_(seq) {}

  using Read = std::function<Result<PartitionSet>(const PartitionSpace& space)>;

  // What `read` finds among the partitions of then, in today's space: those that have gone are left
  // out. Costs no more than the reading where no key was removed since, or renamed.
  Result<PartitionSet> find(const PartitionsDefinition& then, Instant as_of,
                            const PartitionSpace& today, const Read& read);

 private:
  Result<bool> are_others(const PartitionsDefinition& definition);
  Result<PartitionSet> moved(const PartitionSet& set, const PartitionSpace& then,
                             const PartitionSpace& today);

  Store& store_;
  const std::int64_t seq_;
};

}  // namespace partita
