// Summaries of an asset's partitions, one per asset as of some event, caught up from the log when
// they are asked for: what they say follows from the log alone, and keeping them saves time.
//
// A Summary is a value in the indices of one space. It is told of attempts (take_attempt), some are
// of wipes (take_wipe, take_wipe_undone), and of partitions that have come to exist (take_state;
// false: they are no longer what a summary can be brought up to date with). Knows no definitions
// beyond the space it is given. One thread at a time.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "store/outcome_summary.hpp"
#include "store/provenance_summary.hpp"
#include "store/space_print.hpp"
#include "store/tables.hpp"
#include "store/wipe_codec.hpp"

namespace partita {

// A summary as it is kept.
struct StoredSummary {
  std::int64_t seq = 0;  // covers the events up to here
  SpacePrint space;
  std::string stretches;
};
// Nothing where none is kept, or its print cannot be read.
Result<std::optional<StoredSummary>> read_summary(Database& database, SummaryKind kind,
                                                  AssetId asset);
// Only saves time later: where another process is writing, or the disk is full, it is left.
void keep_summary(Database& database, SummaryKind kind, AssetId asset,
                  const StoredSummary& summary);

// The index of what the event calls so.
inline std::optional<Index> index_now(const PartitionSpace& space, const AssetRenames& renames,
                                      std::int64_t seq, const std::string& identity) {
  if (!renames.any_after(seq)) return space.index_of_identity(identity);
  return space.index_of_identity(renames.now(seq, identity));
}

// Summaries that follow from states are made anew after a wipe; the others are told of it.
template <class Summary>
constexpr bool kTakesWipes = requires(Summary& summary) { summary.take_wipe_undone(Index{}); };

// visit(index, partition) for what was materialized of that which the event wiped or brought back.
template <class Visit>
Status visit_wiped(Tables& tables, const PartitionSpace& space, const AssetRenames& renames,
                   const Event& event, const Visit& visit) {
  const auto wiped = decode_wiped(event.payload);
  if (!wiped) return damaged_event(tables.database, event.seq);
  for (const WipedPartition& partition : wiped->partitions) {
    if (!partition.known.materialized_seq) continue;
    if (const auto index = index_now(space, renames, event.seq, partition.identity))
      visit(*index, partition);
  }
  return {};
}

// visit(index, head) for the attempts of the event.
template <class Visit>
Status visit_attempts(Tables& tables, const PartitionSpace& space, const AssetRenames& renames,
                      const Event& event, const Visit& visit) {
  AttemptsReader reader(event.payload);
  while (reader.next()) {
    const AttemptHead& head = reader.head();
    visit(index_now(space, renames, event.seq, head.identity), head);
  }
  return reader.damaged() ? Status(damaged_event(tables.database, event.seq)) : Status();
}

// Tells a summary of what became of the asset after event `seq`, which becomes the last of those
// events. How many partitions there were in them.
template <class Summary>
Result<std::int64_t> take_events(Tables& tables, AssetId asset, const PartitionSpace& space,
                                 std::int64_t& seq, Summary& summary, RunId by = 0) {
  using Which = EventLog::Which;
  std::int64_t count = 0;
  auto renames = tables.renames.of(asset);
  if (!renames) return std::move(renames).error();
  const auto take_wiped = [&](const Event& event) {
    return visit_wiped(tables, space, **renames, event, [&](Index index, const WipedPartition&) {
      ++count;
      if constexpr (kTakesWipes<Summary>) {
        if (event.kind == EventKind::wiped) return summary.take_wipe(index, event.seq);
        summary.take_wipe_undone(index);
      }
    });
  };
  const Which which = kTakesWipes<Summary> ? Which::attempts_and_wipes : Which::attempts;
  auto read = tables.log.for_each_of_asset(asset, seq, which, [&](const Event& event) -> Status {
    if (by != 0 && event.run != by) return {};
    seq = event.seq;
    if (event.kind != EventKind::attempts) return take_wiped(event);
    return visit_attempts(tables, space, **renames, event,
                          [&](std::optional<Index> index, const AttemptHead& head) {
                            ++count;
                            if (index) summary.take_attempt(*index, head, event.seq);
                          });
  });
  if (!read) return std::move(read).error();
  return count;
}

template <class Summary>
class Summaries {
 public:
  // Writing a summary anew pays from so many attempts on that would have to be read again next
  // time.
  static constexpr std::int64_t kWorthKeeping = 1000;

  explicit Summaries(Tables& tables, std::int64_t worth_keeping = kWorthKeeping)
      : tables_(tables), worth_keeping_(worth_keeping) {}

  struct Current {
    Summary summary;
    std::int64_t seq = 0;  // covers the events up to here
  };
  // As of the last event. Outside of any transaction.
  Result<Current> current(AssetId asset, const PartitionSpace& space) {
    auto work = up_to_date(asset, space);
    if (!work) return std::move(work).error();
    const auto worth = work->shortened ? worth_keeping_ * kShortenedWorth : worth_keeping_;
    if (work->effort >= worth) {
      keep_summary(tables_.database, Summary::kKind, asset,
                   {work->seq, SpacePrint::of(space), work->summary.encode()});
    }
    return Current{std::move(work->summary), work->seq};
  }

 private:
  // A summary of a space that is cut shorter by an earlier "now" is worth less than the one it
  // would replace.
  static constexpr std::int64_t kShortenedWorth = 100;
  // Looking up a partition costs about as much as four of a scan.
  static constexpr Index kLookupCost = 4;
  static constexpr Index kFewLookups = 1000;

  struct Work {
    Summary summary;
    std::int64_t seq = 0;
    std::int64_t effort = 0;  // attempts and partitions that had to be read one by one
    bool shortened = false;   // the stored one covers partitions that the space has not
  };

  Result<Work> up_to_date(AssetId asset, const PartitionSpace& space) {
    auto snapshot = Transaction::read(tables_.database);
    if (!snapshot) return std::move(snapshot).error();
    auto work = stored(asset, space);
    if (!work) return std::move(work).error();
    if (!*work) return made_anew(asset, space);
    if (auto done = catch_up(asset, space, **work); !done) return std::move(done).error();
    return std::move(**work);
  }

  // The stored summary in the shape of the space, if it is one of it.
  Result<std::optional<Work>> stored(AssetId asset, const PartitionSpace& space) {
    std::optional<Work> none;
    auto kept = read_summary(tables_.database, Summary::kKind, asset);
    if (!kept) return std::move(kept).error();
    if (!*kept || !(*kept)->space.fits(space)) return none;
    auto usable = follows(asset, (*kept)->seq);
    if (!usable) return std::move(usable).error();
    if (!*usable) return none;
    auto summary = Summary::decode((*kept)->space.shape(), (*kept)->stretches);
    if (!summary) return none;
    Work work{std::move(*summary), (*kept)->seq, 0, false};
    if (work.summary.shape() == space.shape()) return std::optional(std::move(work));
    auto grown = grow(asset, space, work);
    if (!grown) return std::move(grown).error();
    if (!*grown) return none;
    return std::optional(std::move(work));
  }

  // Attempts add to what states say; a wipe takes from it. What was renamed since may have the
  // place and the name of another that was wiped.
  Result<bool> follows(AssetId asset, std::int64_t seq) {
    if constexpr (!Summary::kFollowsFromStates) {
      auto renames = tables_.renames.of(asset);
      if (!renames) return std::move(renames).error();
      return !(*renames)->any_after(seq);
    }
    auto changed = tables_.log.is_changed(asset, seq);
    if (!changed) return changed;
    return !*changed;
  }

  // What has come to exist since may have a state from earlier: attempted under a later "now", or a
  // key that was removed and added again. False: making the summary anew is quicker, or needed.
  Result<bool> grow(AssetId asset, const PartitionSpace& space, Work& work) {
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
    return look_up(asset, space, added, work.summary);
  }

  Result<bool> look_up(AssetId asset, const PartitionSpace& space, const PartitionSet& added,
                       Summary& summary) {
    Status status;
    bool fits = true;
    added.for_each([&](Index index) {
      auto state = tables_.states.find(asset, space.identity_at(index));
      if (!state) {
        status = std::move(state).error();
        return false;
      }
      if (*state) fits = summary.take_state(index, **state);
      return fits;
    });
    if (!status) return std::move(status).error();
    return fits;
  }

  Result<Work> made_anew(AssetId asset, const PartitionSpace& space) {
    if constexpr (Summary::kFollowsFromStates) {
      return from_states(asset, space);
    } else {
      Work work{Summary(space.shape()), 0, 0, false};
      if (auto done = catch_up(asset, space, work); !done) return std::move(done).error();
      return work;
    }
  }

  Result<Work> from_states(AssetId asset, const PartitionSpace& space) {
    auto seq = tables_.log.last_seq();
    if (!seq) return std::move(seq).error();
    Work work{Summary(space.shape()), *seq, 0, false};
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

  Status catch_up(AssetId asset, const PartitionSpace& space, Work& work) {
    auto taken = take_events(tables_, asset, space, work.seq, work.summary);
    if (!taken) return std::move(taken).error();
    work.effort += *taken;
    return {};
  }

  Tables& tables_;
  std::int64_t worth_keeping_;
};

using OutcomeSummaries = Summaries<OutcomeSummary>;
using ProvenanceSummaries = Summaries<ProvenanceSummary>;

}  // namespace partita
