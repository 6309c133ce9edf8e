#include "store/provenance_follower.hpp"

#include "store/summaries.hpp"

namespace partita {

ProvenanceFollower::ProvenanceFollower(Tables& tables, std::string asset, SpacePtr space,
                                       ProvenanceSummary summary, std::int64_t seq)
    : tables_(tables),
      asset_(std::move(asset)),
      space_(std::move(space)),
      summary_(std::move(summary)),
      seq_(seq) {}

Result<bool> ProvenanceFollower::catch_up() {
  auto id = tables_.names.find_asset(asset_);
  if (!id) return std::move(id).error();
  if (!*id) return false;
  auto taken = take_events(tables_, **id, *space_, seq_, summary_);
  if (!taken) return std::move(taken).error();
  return *taken > 0;
}

}  // namespace partita
