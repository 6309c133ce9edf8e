// What is known of the partitions of an asset as sets of a space.
#include <algorithm>
#include <map>
#include <set>

#include "store/provenance_follower.hpp"
#include "store/store_state.hpp"

namespace partita {

namespace {

OutcomeSets sets_of(OutcomeSummary& summary) {
  return {summary.materialized(), summary.having(Outcome::failed),
          summary.having(Outcome::upstream_failed), summary.having(Outcome::skipped),
          summary.having(Outcome::cancelled)};
}

using VersionChanges = std::vector<VersionHistory::Change>;

VersionHistory::Change change_by(const AttemptHead& head, std::int64_t seq) {
  const bool like_no_other = head.data_version.empty();
  return {seq, like_no_other ? static_cast<std::uint64_t>(seq) : version_hash(head.data_version),
          false};
}

// What a wipe or its undoing makes of the version that there was before the wipe.
void add_wipe(VersionChanges& changes, const Event& event, const WipedPartition& partition) {
  const auto made =
      std::find_if(changes.begin(), changes.end(), [&](const VersionHistory::Change& change) {
        return change.seq == partition.known.materialized_seq;
      });
  if (made == changes.end()) return;
  changes.push_back({event.seq, made->version, event.kind == EventKind::wiped});
}

}  // namespace

Result<OutcomeSets> Store::outcome_sets(std::string_view asset, const PartitionSpace& space) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  Result<OutcomeSummaries::Current> found =
      OutcomeSummaries::Current{OutcomeSummary(space.shape())};
  if (*id) found = state_->outcomes.current(**id, space);
  if (!found) return std::move(found).error();
  return sets_of(found->summary);
}

Result<OutcomeSets> Store::outcomes_since(RunId run, std::string_view asset,
                                          const PartitionSpace& space, Whose whose) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto first = state_->tables.runs.first_seq(run);
  if (!first) return std::move(first).error();
  return outcomes_after(*first, asset, space, whose == Whose::its_own ? run : 0);
}

Result<OutcomeSets> Store::outcomes_after(std::int64_t seq, std::string_view asset,
                                          const PartitionSpace& space, RunId by) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  OutcomeSummary summary(space.shape());
  if (*id) {
    auto taken = take_events(state_->tables, **id, space, seq, summary, by);
    if (!taken) return std::move(taken).error();
  }
  return sets_of(summary);
}

Result<ProvenanceView> Store::provenance(std::string_view asset, const PartitionSpace& space) {
  ProvenanceView view;
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return view;
  auto current = state_->provenances.current(**id, space);
  if (!current) return std::move(current).error();
  std::set<CodeId> codes;
  current->summary.for_each([&](Run indices, const Provenance& made) {
    view.stretches.push_back({indices, made});
    codes.insert(made.code);
  });
  for (const CodeId code : codes) {
    auto name = state_->tables.names.code(code);
    if (!name) return std::move(name).error();
    view.codes.push_back(
        {code, std::move(name->version), std::move(name->hash), std::move(name->basis)});
  }
  return view;
}

Result<std::unique_ptr<ProvenanceFollower>> Store::follow_provenance(std::string_view asset,
                                                                     SpacePtr space) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  Result<ProvenanceSummaries::Current> known =
      ProvenanceSummaries::Current{ProvenanceSummary(space->shape())};
  if (*id) known = state_->provenances.current(**id, *space);
  if (!known) return std::move(known).error();
  return std::make_unique<ProvenanceFollower>(state_->tables, std::string(asset), std::move(space),
                                              std::move(known->summary), known->seq);
}

Result<VersionHistory> Store::version_history(std::string_view asset, const PartitionSpace& space,
                                              const PartitionSet& partitions) {
  VersionHistory history;
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return history;
  auto renames = state_->tables.renames.of(**id);
  if (!renames) return std::move(renames).error();
  std::map<Index, VersionChanges> changes;
  const auto take_wiped = [&](const Event& event) {
    return visit_wiped(state_->tables, space, **renames, event,
                       [&](Index index, const WipedPartition& partition) {
                         if (!partitions.contains(index)) return;
                         add_wipe(changes[index], event, partition);
                       });
  };
  const auto take_attempt = [&](const Event& event) {
    return visit_attempts(
        state_->tables, space, **renames, event,
        [&](std::optional<Index> index, const AttemptHead& head) {
          if (head.outcome != Outcome::materialized || !index || !partitions.contains(*index))
            return;
          changes[*index].push_back(change_by(head, event.seq));
        });
  };
  auto read = state_->tables.log.for_each_of_asset(
      **id, 0, EventLog::Which::attempts_and_wipes, [&](const Event& event) {
        return event.kind == EventKind::attempts ? take_attempt(event) : take_wiped(event);
      });
  if (!read) return std::move(read).error();
  for (auto& [index, list] : changes) history.partitions.push_back({index, std::move(list)});
  return history;
}

}  // namespace partita
