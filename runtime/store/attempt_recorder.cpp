#include "store/attempt_recorder.hpp"

#include <algorithm>
#include <cmath>

#include "store/attempt_details.hpp"
#include "store/event_codec.hpp"
#include "store/prefixes.hpp"

namespace partita {

namespace {

// Looking up one attempt decodes its event, so events stay short.
constexpr std::size_t kLongestBatch = 1024;

// How much of the typical duration one more attempt leaves as it was.
constexpr double kDurationInertia = 0.95;

std::vector<const AttemptRecord*> in_order(std::span<const AttemptRecord> attempts) {
  std::vector<const AttemptRecord*> order;
  order.reserve(attempts.size());
  for (const AttemptRecord& attempt : attempts) order.push_back(&attempt);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    if (const int by_asset = a->asset.compare(b->asset); by_asset != 0) return by_asset < 0;
    if (const int by_partition = a->identity.compare(b->identity); by_partition != 0) {
      return by_partition < 0;
    }
    return a < b;  // attempts at one partition stay in their order
  });
  return order;
}

std::size_t batch_length(std::span<const AttemptRecord* const> rest) {
  const std::size_t most = std::min(rest.size(), kLongestBatch);
  std::size_t length = 1;
  while (length < most && rest[length]->asset == rest.front()->asset) ++length;
  return length;
}

std::int64_t outcomes_of(std::span<const AttemptRecord* const> batch) {
  std::int64_t bits = 0;
  for (const AttemptRecord* attempt : batch) bits |= outcome_bit(attempt->outcome);
  return bits;
}

}  // namespace

Status AttemptRecorder::record(RunId run, std::span<const AttemptRecord> attempts,
                               std::int64_t at) {
  return record_all(run, EventKind::attempts, attempts, at);
}

Status AttemptRecorder::record_checks(RunId run, std::span<const AttemptRecord> attempts,
                                      std::int64_t at) {
  return record_all(run, EventKind::checks, attempts, at);
}

Status AttemptRecorder::record_all(RunId run, EventKind kind,
                                   std::span<const AttemptRecord> attempts, std::int64_t at) {
  const auto order = in_order(attempts);
  std::span<const AttemptRecord* const> rest = order;
  while (!rest.empty()) {
    const Batch batch = rest.first(batch_length(rest));
    rest = rest.subspan(batch.size());
    if (auto recorded = record_batch(run, kind, batch, at); !recorded) return recorded;
  }
  return {};
}

Status AttemptRecorder::record_batch(RunId run, EventKind kind, Batch batch, std::int64_t at) {
  auto asset = tables_.names.asset(batch.front()->asset, at);
  if (!asset) return std::move(asset).error();
  // Naming code is an event of its own: before this one's number is known.
  for (const AttemptRecord* attempt : batch) {
    if (auto code = tables_.names.code_id(*attempt, at); !code) return std::move(code).error();
  }
  auto last = tables_.log.last_seq();
  if (!last) return std::move(last).error();
  const Place place{kind, *last + 1, run, *asset};
  auto links = project(place, batch);
  if (!links) return std::move(links).error();
  if (auto appended = append(place, batch, *links, at); !appended) return appended;
  return append_logs(place, batch);
}

Status AttemptRecorder::append(const Place& place, Batch batch, const std::vector<Link>& links,
                               std::int64_t at) {
  AttemptsWriter writer;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto code = tables_.names.code_id(*batch[i], at);
    if (!code) return std::move(code).error();
    writer.add(*batch[i], *code, links[i].replaces, links[i].back);
  }
  const std::string payload = writer.payload();
  return tables_.log.append(
      {place.seq, at, place.kind, place.run, place.asset, outcomes_of(batch), payload});
}

Status AttemptRecorder::append_logs(const Place& place, Batch batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch[i]->log.empty()) continue;
    auto inserted = tables_.database.statement("INSERT INTO captured_log VALUES (?, ?, ?)")
                        .run(place.seq, static_cast<std::int64_t>(i), Blob{batch[i]->log});
    if (!inserted) return inserted;
  }
  return {};
}

Result<std::vector<AttemptRecorder::Link>> AttemptRecorder::project(const Place& place,
                                                                    Batch batch) {
  if (place.kind == EventKind::attempts) return project_attempts(place, batch);
  if (auto projected = project_checks(place, batch); !projected)
    return std::move(projected).error();
  return std::vector<Link>(batch.size());
}

// A partition that was made anew meanwhile has results that are newer.
Status AttemptRecorder::project_checks(const Place& place, Batch batch) {
  RunCounts counts;
  for (const AttemptRecord* attempt : batch) {
    ++counts[attempt->outcome];
    auto made = tables_.states.materialized_seq(place.asset, attempt->identity);
    if (!made) return std::move(made).error();
    if (made->value_or(place.seq) > attempt->read_seq) continue;
    auto applied = tables_.checks.apply(place.asset, place.seq, *attempt);
    if (!applied) return applied;
  }
  return tables_.runs.add(place.run, counts);
}

Result<std::vector<AttemptRecorder::Link>> AttemptRecorder::project_attempts(const Place& place,
                                                                             Batch batch) {
  auto span = span_of(place.run);
  if (!span) return std::move(span).error();
  std::vector<Link> links(batch.size());
  RunCounts counts;
  std::int64_t first_attempts = 0;
  std::optional<bool> has_checks;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto before = tables_.states.apply(place.asset, place.seq, place.run, *batch[i]);
    if (!before) return std::move(before).error();
    if (!before->known) ++first_attempts;
    auto earlier = outcome_before(place, *batch[i], *before, *span);
    if (!earlier) return std::move(earlier).error();
    links[i].replaces = *earlier != Outcome::none;
    if (before->known) links[i].back = place.seq - before->last_seq;
    ++counts[batch[i]->outcome];
    if (links[i].replaces) --counts[*earlier];
    if (links[i].replaces) ++counts.replaced;
    if (batch[i]->output) {
      if (auto added = tables_.outputs.add(*batch[i]->output); !added)
        return std::move(added).error();
    }
    if (auto checked = apply_checks(place, *batch[i]); !checked) return std::move(checked).error();
    if (!before->known || batch[i]->outcome != Outcome::materialized) continue;
    if (auto current = forget_checks_before(place, *batch[i], has_checks); !current)
      return std::move(current).error();
  }
  if (auto added = tables_.runs.add(place.run, counts); !added) return std::move(added).error();
  if (auto added = tables_.states.count(place.asset, first_attempts); !added)
    return std::move(added).error();
  if (auto added = add_durations(place.asset, batch); !added) return std::move(added).error();
  return links;
}

// Where something is there of before, an attempt that came to nothing says nothing of it.
Status AttemptRecorder::apply_checks(const Place& place, const AttemptRecord& attempt) {
  if (attempt.checks.empty()) return {};
  if (attempt.outcome != Outcome::materialized) {
    auto there = tables_.states.materialized_seq(place.asset, attempt.identity);
    if (!there) return std::move(there).error();
    if (*there) return {};
  }
  return tables_.checks.apply(place.asset, place.seq, attempt);
}

// `has_checks`: whether the asset has any results, once that was looked at.
Status AttemptRecorder::forget_checks_before(const Place& place, const AttemptRecord& attempt,
                                             std::optional<bool>& has_checks) {
  if (!has_checks) {
    auto any = tables_.checks.has_any(place.asset);
    if (!any) return std::move(any).error();
    has_checks = *any;
  }
  return *has_checks ? tables_.checks.forget_others(place.asset, attempt) : Status();
}

// How the run's last attempt at the partition ended, none where it made none. The state knows,
// unless another run was there in between, or it was wiped and the run resumed.
Result<Outcome> AttemptRecorder::outcome_before(const Place& place, const AttemptRecord& attempt,
                                                const PartitionStates::Before& before,
                                                const RunSpan& span) {
  if (!before.known) return span.wiped_since ? search_run(place, attempt.identity) : Outcome::none;
  if (before.last_seq < span.first_seq) return Outcome::none;
  if (before.last_run == place.run) return before.last;
  return search_run(place, attempt.identity);
}

Result<AttemptRecorder::RunSpan> AttemptRecorder::span_of(RunId run) {
  auto first_seq = tables_.runs.first_seq(run);
  if (!first_seq) return std::move(first_seq).error();
  auto wiped = tables_.database.statement("SELECT 1 FROM wipe WHERE last_seq > ? LIMIT 1")
                   .integer(*first_seq);
  if (!wiped) return std::move(wiped).error();
  return RunSpan{*first_seq, wiped->has_value()};
}

Result<Outcome> AttemptRecorder::search_run(const Place& place, std::string_view identity) {
  Outcome outcome = Outcome::none;
  auto renames = tables_.renames.of(place.asset);
  if (!renames) return std::move(renames).error();
  auto searched = tables_.log.for_each_of_run(place.run, kAnyOutcome, [&](const Event& event) {
    if (event.seq >= place.seq) return false;
    if (event.asset != place.asset) return true;
    const auto name = (*renames)->then(event.seq, identity);
    if (!name) return true;
    if (auto found = find_attempt(event.payload, *name)) outcome = found->outcome;
    return true;
  });
  if (!searched) return std::move(searched).error();
  return outcome;
}

// A moving average over the attempts that made something.
Status AttemptRecorder::add_durations(AssetId asset, Batch batch) {
  double sum = 0;
  double count = 0;
  for (const AttemptRecord* attempt : batch) {
    if (attempt->outcome != Outcome::materialized || attempt->started == 0) continue;
    sum += static_cast<double>(attempt->finished - attempt->started);
    ++count;
  }
  if (count == 0) return {};
  const double keep = std::pow(kDurationInertia, count);
  return tables_.database
      .statement(
          "UPDATE asset SET typical_micros = CASE typical_micros WHEN 0 THEN ?1"
          " ELSE typical_micros * ?2 + ?1 * (1 - ?2) END WHERE id = ?3")
      .run(sum / count, keep, asset);
}

Status AttemptRecorder::publish(std::span<const OutputRecord> outputs, std::int64_t at) {
  auto last = tables_.log.last_seq();
  if (!last) return std::move(last).error();
  ByteWriter payload;
  std::string_view previous;
  payload.u64(outputs.size());
  for (const OutputRecord& output : outputs) {
    write_after(payload, std::exchange(previous, output.staged), output.staged);
  }
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = EventKind::outputs_published;
  event.payload = payload.bytes();
  if (auto appended = tables_.log.append(event); !appended) return appended;
  return apply_published(event);
}

Status AttemptRecorder::apply(const Event& event) {
  return event.kind == EventKind::outputs_published ? apply_published(event)
                                                    : apply_attempts(event);
}

Status AttemptRecorder::apply_attempts(const Event& event) {
  std::vector<AttemptRecord> attempts;
  AttemptsReader reader(event.payload);
  while (reader.next()) {
    const AttemptHead& head = reader.head();
    AttemptRecord& attempt = attempts.emplace_back();
    attempt.identity = head.identity;
    attempt.key = head.key;
    attempt.outcome = head.outcome;
    attempt.started = head.started;
    attempt.finished = head.finished;
    if (!decode_details(head.details, attempt)) return damaged_event(tables_.database, event.seq);
  }
  if (reader.damaged()) return damaged_event(tables_.database, event.seq);
  std::vector<const AttemptRecord*> batch;
  batch.reserve(attempts.size());
  for (const AttemptRecord& attempt : attempts) batch.push_back(&attempt);
  const Place place{event.kind, event.seq, event.run.value_or(0), event.asset.value_or(0)};
  auto projected = project(place, batch);
  return projected ? Status() : Status(std::move(projected).error());
}

Status AttemptRecorder::apply_published(const Event& event) {
  ByteReader in(event.payload);
  std::string staged;
  for (auto left = in.u64(); left > 0 && in.ok(); --left) {
    read_after(in, staged);
    if (auto removed = tables_.outputs.remove(staged); !removed) return removed;
  }
  return in.ok() ? Status() : Status(damaged_event(tables_.database, event.seq));
}

}  // namespace partita
