// What a run had planned, from its record.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definitions/catalog.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"
#include "store/store.hpp"

namespace partita {

enum class Planned { to_run, conditional, blocked_too };

// One thread.
class RunPlan {
 public:
  // All are borrowed. `today` are the definitions that of() is asked with; they need not be those
  // that the run went by.
  RunPlan(const RunRecord& run, const Catalog& today, Store& store)
      : run_(run), today_(today), store_(store) {}

  std::vector<std::string> assets() const;  // each once

  // How many partitions of it, then.
  std::int64_t count_of(std::string_view asset, Planned which) const;

  // Of one asset of today's, in this space. Keys that were renamed since are found, keys that came
  // since are not in it, and keys that today's definitions or dynamic sets do not have are left
  // out.
  Result<PartitionSet> of(const AssetDef& asset, const PartitionSpace& space, Planned which);

 private:
  Result<const Catalog*> then();
  Result<PartitionSet> read(const AssetDef& asset, const PartitionSpace& space,
                            Planned which) const;

  const RunRecord& run_;
  const Catalog& today_;
  Store& store_;
  std::optional<Catalog> then_;
};

}  // namespace partita
