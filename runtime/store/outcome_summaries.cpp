#include "store/outcome_summaries.hpp"

#include <algorithm>

#include "store/event_codec.hpp"

namespace partita {

namespace {

// A summary of a space that is cut shorter by an earlier "now" is worth less than the one it would
// replace.
constexpr std::int64_t kShortenedWorth = 100;

// Looking up a partition costs about as much as four of a scan.
constexpr Index kLookupCost = 4;
constexpr Index kFewLookups = 1000;

}  // namespace

Result<OutcomeSummary> OutcomeSummaries::current(AssetId asset, const PartitionSpace& space) {
  auto work = up_to_date(asset, space);
  if (!work) return std::move(work).error();
  const auto worth = work->shortened ? worth_keeping_ * kShortenedWorth : worth_keeping_;
  if (work->effort >= worth) keep(asset, space, *work);
  return std::move(work->summary);
}

Result<OutcomeSummaries::Work> OutcomeSummaries::up_to_date(AssetId asset,
                                                            const PartitionSpace& space) {
  auto snapshot = Transaction::read(tables_.database);
  if (!snapshot) return std::move(snapshot).error();
  auto work = stored(asset, space);
  if (!work) return std::move(work).error();
  if (!*work) return from_states(asset, space);
  if (auto caught_up = catch_up(asset, space, **work); !caught_up) {
    return std::move(caught_up).error();
  }
  return std::move(**work);
}

// The stored summary in the shape of the space, if it is one of it.
Result<std::optional<OutcomeSummaries::Work>> OutcomeSummaries::stored(
    AssetId asset, const PartitionSpace& space) {
  std::optional<Work> none;
  Rows rows = tables_.database
                  .statement("SELECT seq, space, stretches FROM outcome_summary WHERE asset = ?")
                  .query(asset);
  const bool found = rows.next();
  if (!rows.status()) return rows.status().error();
  if (!found) return none;
  const auto print = SpacePrint::decode(rows.blob(1));
  if (!print || !print->fits(space)) return none;
  auto summary = OutcomeSummary::decode(print->shape(), rows.blob(2));
  if (!summary) return none;
  Work work{std::move(*summary), rows.integer(0), 0, false};
  if (work.summary.shape() == space.shape()) return std::optional(std::move(work));
  auto grown = grow(asset, space, work);
  if (!grown) return std::move(grown).error();
  if (!*grown) return none;
  return std::optional(std::move(work));
}

// What has come to exist since may have a state from earlier: attempted under a later "now", or a
// key that was removed and added again. False: there is so much of it that reading all states is
// quicker.
Result<bool> OutcomeSummaries::grow(AssetId asset, const PartitionSpace& space, Work& work) {
  const auto& before = work.summary.shape();
  std::vector<Run> sides;
  for (std::size_t i = 0; i < before.size(); ++i) {
    sides.push_back({0, std::min(before[i], space.shape()[i])});
    if (before[i] > space.shape()[i]) work.shortened = true;
  }
  const auto all = PartitionSet::all(space.shape());
  const auto added = all.minus(PartitionSet::box(space.shape(), std::move(sides)));
  const Index count = added.count();
  if (count > std::max(kFewLookups, work.summary.attempted() / kLookupCost)) return false;
  work.summary.reshape(space.shape());
  work.effort += count;
  Status status;
  added.for_each([&](Index index) {
    auto state = tables_.states.find(asset, space.identity_at(index));
    if (!state) {
      status = std::move(state).error();
      return false;
    }
    if (*state) work.summary.update(index, (*state)->last, (*state)->materialized);
    return true;
  });
  if (!status) return std::move(status).error();
  return true;
}

Result<OutcomeSummaries::Work> OutcomeSummaries::from_states(AssetId asset,
                                                             const PartitionSpace& space) {
  auto seq = tables_.log.last_seq();
  if (!seq) return std::move(seq).error();
  Work work{OutcomeSummary(space.shape()), *seq, 0, false};
  auto read = tables_.states.for_each_outcome(
      asset, [&](std::string_view identity, Outcome last, bool materialized) {
        ++work.effort;
        if (const auto index = space.index_of_identity(identity)) {
          work.summary.update(*index, last, materialized);
        }
      });
  if (!read) return std::move(read).error();
  return work;
}

Status OutcomeSummaries::catch_up(AssetId asset, const PartitionSpace& space, Work& work) {
  return tables_.log.for_each_of_asset(asset, work.seq, [&](const Event& event) -> Status {
    AttemptsReader reader(event.payload);
    while (reader.next()) {
      ++work.effort;
      const AttemptHead& head = reader.head();
      if (const auto index = space.index_of_identity(head.identity)) {
        work.summary.update(*index, head.outcome, head.outcome == Outcome::materialized);
      }
    }
    if (reader.damaged()) return damaged_event(tables_.database, event.seq);
    work.seq = event.seq;
    return {};
  });
}

// Only saves time later: where another process is writing, or the disk is full, it is left.
void OutcomeSummaries::keep(AssetId asset, const PartitionSpace& space, Work& work) {
  const std::string print = SpacePrint::of(space).encode();
  const std::string stretches = work.summary.encode();
  tables_.database.set_patience(0);
  auto transaction = Transaction::write(tables_.database, Transaction::Durability::relaxed);
  tables_.database.set_patience(kPatience);
  if (!transaction) return;
  auto written = tables_.database
                     .statement(
                         "INSERT INTO outcome_summary VALUES (?, ?, ?, ?)"
                         " ON CONFLICT (asset) DO UPDATE SET seq = excluded.seq,"
                         " space = excluded.space, stretches = excluded.stretches"
                         " WHERE excluded.seq >= seq")
                     .run(asset, work.seq, Blob{print}, Blob{stretches});
  if (written) static_cast<void>(transaction->commit());
}

}  // namespace partita
