#include "store/attempt_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "partitions/key.hpp"
#include "store/attempt_details.hpp"

namespace partita {

namespace {

std::string partition_name(std::int64_t asset, std::string_view identity) {
  return std::to_string(asset).append("/").append(identity);
}

bool ended_before(const AttemptRecord& a, const AttemptRecord& b) {
  return std::tie(a.finished, a.asset, a.identity) < std::tie(b.finished, b.asset, b.identity);
}

Materialization materialization_of(AttemptRecord&& attempt) {
  Materialization made;
  made.key = std::move(attempt.key);
  made.identity = std::move(attempt.identity);
  made.finished = attempt.finished;
  made.data_version = std::move(attempt.data_version);
  made.code_version = std::move(attempt.code_version);
  made.code_hash = std::move(attempt.code_hash);
  made.basis = *attempt.basis;
  made.read_seq = attempt.read_seq;
  if (attempt.output) made.output_dir = std::move(attempt.output->target);
  made.metadata = std::move(attempt.metadata);
  return made;
}

}  // namespace

Status AttemptReader::load(std::int64_t seq) {
  if (loaded_.seq == seq) return {};
  loaded_ = {};
  Rows rows =
      tables_.database.statement("SELECT run, asset, payload FROM event WHERE seq = ?").query(seq);
  if (rows.next()) {
    loaded_.run = rows.integer(0);
    loaded_.asset = rows.integer(1);
    loaded_.payload = rows.blob(2);
  }
  if (!rows.status()) return rows.status();
  if (AttemptsReader(loaded_.payload).damaged()) return damaged_event(tables_.database, seq);
  loaded_.seq = seq;
  return {};
}

// What the partition is called in that event, which is loaded.
Result<std::string> AttemptReader::name_in(std::int64_t seq, std::string_view identity) {
  if (auto loaded = load(seq); !loaded) return std::move(loaded).error();
  auto renames = tables_.renames.of(loaded_.asset);
  if (!renames) return std::move(renames).error();
  auto name = (*renames)->then(seq, identity);
  if (!name) return damaged_event(tables_.database, seq);
  return *std::move(name);
}

Result<std::optional<AttemptReader::Found>> AttemptReader::find(std::int64_t seq,
                                                                std::string_view identity) {
  auto name = name_in(seq, identity);
  if (!name) return std::move(name).error();
  identity = *name;
  auto& reader = loaded_.reader;
  if (!reader || reader->head().identity > identity) {
    reader.emplace(loaded_.payload);
    if (!reader->next()) reader.reset();
  }
  std::optional<Found> found;
  while (reader && reader->head().identity <= identity) {
    if (reader->head().identity == identity) found = Found{seq, loaded_.run, reader->head()};
    if (!reader->next()) reader.reset();
  }
  return found;
}

Result<std::optional<Materialization>> AttemptReader::materialization(AssetId asset,
                                                                      std::string_view identity) {
  std::optional<Materialization> none;
  auto seq = tables_.states.materialized_seq(asset, identity);
  if (!seq) return std::move(seq).error();
  if (!*seq) return none;
  auto made = made_in(asset, **seq, identity);
  if (!made) return std::move(made).error();
  return std::optional(*std::move(made));
}

Result<Materialization> AttemptReader::made_in(AssetId asset, std::int64_t seq,
                                               std::string_view identity) {
  auto found = find(seq, identity);
  if (!found) return std::move(found).error();
  if (!*found) return damaged_event(tables_.database, seq);
  if ((*found)->head.outcome != Outcome::materialized) {
    // It failed after that, in the same commit.
    auto heads = all_in(seq, identity);
    if (!heads) return std::move(heads).error();
    for (AttemptHead& head : *heads) {
      if (head.outcome == Outcome::materialized) (*found)->head = std::move(head);
    }
  }
  auto record = record_of(asset, seq, (*found)->head);
  if (!record) return std::move(record).error();
  Materialization made = materialization_of(std::move(*record));
  made.seq = seq;
  made.run = (*found)->run;
  return made;
}

Result<std::optional<Materialization>> AttemptReader::latest(AssetId asset) {
  auto seq = tables_.log.newest_of_asset(asset, outcome_bit(Outcome::materialized));
  if (!seq) return std::move(seq).error();
  if (!*seq) return std::optional<Materialization>();
  if (auto loaded = load(**seq); !loaded) return std::move(loaded).error();
  std::string identity;
  std::int64_t finished = 0;
  AttemptsReader reader(loaded_.payload);
  while (reader.next()) {
    const AttemptHead& head = reader.head();
    if (head.outcome != Outcome::materialized || head.finished < finished) continue;
    identity = head.identity;
    finished = head.finished;
  }
  if (reader.damaged()) return damaged_event(tables_.database, **seq);
  auto renames = tables_.renames.of(asset);
  if (!renames) return std::move(renames).error();
  auto latest = materialization(asset, (*renames)->now(**seq, identity));
  if (!latest || (*latest && (*latest)->seq == **seq)) return latest;
  // It was wiped.
  auto newest = tables_.states.newest_materialized(asset);
  if (!newest) return std::move(newest).error();
  if (!*newest) return std::optional<Materialization>();
  return materialization(asset, **newest);
}

Result<std::optional<AttemptRecord>> AttemptReader::last(AssetId asset, std::string_view identity) {
  std::optional<AttemptRecord> none;
  auto state = tables_.states.find(asset, identity);
  if (!state) return std::move(state).error();
  if (!*state) return none;
  auto found = find((*state)->last_seq, identity);
  if (!found) return std::move(found).error();
  if (!*found) return damaged_event(tables_.database, (*state)->last_seq);
  const Found& at = **found;
  auto record = record_of(asset, at.seq, at.head);
  if (!record) return std::move(record).error();
  auto text = captured(at.seq, at.head.position);
  if (!text) return std::move(text).error();
  record->log = std::move(*text);
  return std::optional(std::move(*record));
}

Result<std::vector<AttemptRecord>> AttemptReader::at(AssetId asset, std::string_view identity,
                                                     std::int64_t limit) {
  std::vector<AttemptRecord> attempts;
  auto state = tables_.states.find(asset, identity);
  if (!state) return std::move(state).error();
  std::int64_t seq = *state ? (*state)->last_seq : 0;
  while (seq > 0 && static_cast<std::int64_t>(attempts.size()) < limit) {
    auto found = all_in(seq, identity);
    if (!found) return std::move(found).error();
    if (found->empty()) return damaged_event(tables_.database, seq);
    for (auto one = found->rbegin(); one != found->rend(); ++one) {
      auto record = record_of(asset, seq, *one);
      if (!record) return std::move(record).error();
      record->run = loaded_.run;
      record->seq = seq;
      attempts.push_back(std::move(*record));
    }
    const std::int64_t back = found->front().back;
    seq = back > 0 ? seq - back : 0;
  }
  return attempts;
}

Result<std::vector<LastCheck>> AttemptReader::checks(AssetId asset, std::string_view identity) {
  std::vector<LastCheck> last;
  auto results = tables_.checks.results(asset, identity);
  if (!results) return std::move(results).error();
  auto made = tables_.states.materialized_seq(asset, identity);
  if (!made) return std::move(made).error();
  for (const CheckResult& result : *results) {
    // What was made since is other data, and was not checked.
    if (result.seq != 0 && result.seq < made->value_or(0)) continue;
    const std::int64_t seq = result.seq != 0 ? result.seq : made->value_or(0);
    auto found = seq != 0 ? all_in(seq, identity) : std::vector<AttemptHead>();
    if (!found) return std::move(found).error();
    last.emplace_back();
    last.back().result.name = result.name;
    last.back().result.passed = result.passed;
    for (const AttemptHead& head : *found) {
      auto record = record_of(asset, seq, head);
      if (!record) return std::move(record).error();
      for (CheckRecord& check : record->checks) {
        if (check.name == result.name)
          last.back() = {std::move(check), loaded_.run, record->finished};
      }
    }
  }
  return last;
}

// The attempts of one event at the partition, in their order.
Result<std::vector<AttemptHead>> AttemptReader::all_in(std::int64_t seq,
                                                       std::string_view identity) {
  auto name = name_in(seq, identity);
  if (!name) return std::move(name).error();
  loaded_.reader.reset();
  std::vector<AttemptHead> found;
  AttemptsReader reader(loaded_.payload);
  while (reader.next() && reader.head().identity <= *name) {
    if (reader.head().identity == *name) found.push_back(reader.head());
  }
  return found;
}

// Of several that have the number, since the run was gone on with, the last.
Result<std::optional<AttemptRecord>> AttemptReader::numbered(RunId run, AssetId asset,
                                                             std::string_view identity,
                                                             int number) {
  auto renames = tables_.renames.of(asset);
  if (!renames) return std::move(renames).error();
  std::optional<AttemptRecord> found;
  Position position;
  Status looked;
  auto searched = tables_.log.for_each_of_run(run, kAnyOutcome, [&](const Event& event) {
    const auto name = (*renames)->then(event.seq, identity);
    if (event.asset != asset || !name) return true;
    AttemptsReader reader(event.payload);
    while (reader.next() && reader.head().identity <= *name) {
      if (reader.head().identity != *name) continue;
      auto record = record_of(asset, event.seq, reader.head());
      if (!record) looked = std::move(record).error();
      if (!looked) return false;
      if (record->attempt != number) continue;
      found = *std::move(record);
      found->run = run;
      found->seq = event.seq;
      position = {event.seq, reader.head().position};
    }
    return true;
  });
  if (!searched) return std::move(searched).error();
  if (!looked) return std::move(looked).error();
  if (!found) return found;
  auto text = captured(position.seq, position.position);
  if (!text) return std::move(text).error();
  found->log = *std::move(text);
  return found;
}

Result<std::vector<AttemptRecord>> AttemptReader::ended_with(AssetId asset,
                                                             const AttemptRecord& attempt) {
  if (auto loaded = load(attempt.seq); !loaded) return std::move(loaded).error();
  std::vector<AttemptRecord> others;
  AttemptsReader reader(loaded_.payload);
  while (reader.next()) {
    const AttemptHead& head = reader.head();
    if (head.started != attempt.started || head.finished != attempt.finished) continue;
    auto record = record_of(asset, attempt.seq, head);
    if (!record) return std::move(record).error();
    auto text = captured(attempt.seq, head.position);
    if (!text) return std::move(text).error();
    record->log = *std::move(text);
    if (record->attempt == attempt.attempt) others.push_back(*std::move(record));
  }
  return others;
}

Result<std::string> AttemptReader::log(RunId run, AssetId asset, std::string_view identity) {
  auto position = position_in_run(run, asset, identity);
  if (!position) return std::move(position).error();
  if (!*position) return std::string();
  return captured((*position)->seq, (*position)->position);
}

// The state knows, unless another run was there since, or a wipe: then through the run's events.
Result<std::optional<AttemptReader::Position>> AttemptReader::position_in_run(
    RunId run, AssetId asset, std::string_view identity) {
  std::optional<Position> last;
  auto state = tables_.states.find(asset, identity);
  if (!state) return std::move(state).error();
  if (*state && (*state)->last_run == run) {
    auto found = find((*state)->last_seq, identity);
    if (!found) return std::move(found).error();
    if (*found) last = Position{(*found)->seq, (*found)->head.position};
    return last;
  }
  auto renames = tables_.renames.of(asset);
  if (!renames) return std::move(renames).error();
  auto searched = tables_.log.for_each_of_run(run, kAnyOutcome, [&](const Event& event) {
    if (event.asset != asset) return true;
    const auto name = (*renames)->then(event.seq, identity);
    if (!name) return true;
    if (const auto head = find_attempt(event.payload, *name)) {
      last = Position{event.seq, head->position};
    }
    return true;
  });
  if (!searched) return std::move(searched).error();
  return last;
}

Result<std::vector<AttemptRecord>> AttemptReader::of_run(RunId run, bool failed_only,
                                                         std::int64_t limit) {
  auto superseded = retried(run);
  if (!superseded) return std::move(superseded).error();
  Collection collection{failed_only, std::move(*superseded), {}};
  auto& attempts = collection.attempts;
  Status collected;
  const auto outcomes = failed_only ? outcome_bit(Outcome::failed) : kAnyOutcome;
  auto read = tables_.log.for_each_of_run(run, outcomes, [&](const Event& event) {
    collected = collect(event, collection);
    return collected && static_cast<std::int64_t>(attempts.size()) < limit;
  });
  if (!read) return std::move(read).error();
  if (!collected) return std::move(collected).error();
  std::sort(attempts.begin(), attempts.end(), ended_before);
  if (static_cast<std::int64_t>(attempts.size()) > limit) attempts.resize(limit);
  return std::move(attempts);
}

Status AttemptReader::collect(const Event& event, Collection& collection) {
  const AssetId asset = event.asset.value_or(0);
  auto name = tables_.names.asset_name(asset);
  if (!name) return std::move(name).error();
  auto renames = tables_.renames.of(asset);
  if (!renames) return std::move(renames).error();
  AttemptsReader reader(event.payload);
  while (reader.next()) {
    const AttemptHead& head = reader.head();
    if (collection.failed_only && head.outcome != Outcome::failed) continue;
    const std::string identity = (*renames)->now(event.seq, head.identity);
    if (collection.is_superseded(asset, identity, {event.seq, head.position})) continue;
    auto record = record_of(asset, event.seq, head);
    if (!record) return std::move(record).error();
    record->asset = *name;
    collection.attempts.push_back(std::move(*record));
  }
  return reader.damaged() ? Status(damaged_event(tables_.database, event.seq)) : Status();
}

bool AttemptReader::Collection::is_superseded(AssetId asset, std::string_view identity,
                                              Position position) const {
  if (retried.empty()) return false;
  const auto last = retried.find(partition_name(asset, identity));
  return last != retried.end() && last->second != position;
}

// The partitions that the run attempted more than once. Most runs have none, and need no search.
Result<AttemptReader::LastPositions> AttemptReader::retried(RunId run) {
  LastPositions last;
  auto count = tables_.runs.replaced(run);
  if (!count) return std::move(count).error();
  if (*count == 0) return last;
  Status looked;
  auto read = tables_.log.for_each_of_run(run, kAnyOutcome, [&](const Event& event) {
    const AssetId asset = event.asset.value_or(0);
    auto renames = tables_.renames.of(asset);
    if (!renames) looked = std::move(renames).error();
    if (!looked) return false;
    AttemptsReader reader(event.payload);
    while (reader.next()) {
      const AttemptHead& head = reader.head();
      if (!head.replaces) continue;
      const std::string identity = (*renames)->now(event.seq, head.identity);
      last[partition_name(asset, identity)] = {event.seq, head.position};
    }
    return true;
  });
  if (!read) return std::move(read).error();
  if (!looked) return std::move(looked).error();
  return last;
}

// With the names and the place of now.
Result<AttemptRecord> AttemptReader::record_of(AssetId asset, std::int64_t seq,
                                               const AttemptHead& head) {
  AttemptRecord attempt;
  attempt.identity = head.identity;
  attempt.key = head.key;
  attempt.outcome = head.outcome;
  attempt.started = head.started;
  attempt.finished = head.finished;
  attempt.data_version = head.data_version;
  if (head.data_version.empty() && head.outcome == Outcome::materialized)
    attempt.data_version = fmt::format("attempt-{}-{}", seq, head.position);
  attempt.read_seq = head.read_seq;
  auto code = tables_.names.code(head.code);
  if (!code) return std::move(code).error();
  attempt.code_version = std::move(code->version);
  attempt.code_hash = std::move(code->hash);
  attempt.basis = std::make_shared<const std::string>(std::move(code->basis));
  if (!decode_details(head.details, attempt)) return damaged_event(tables_.database, seq);
  if (attempt.read_seq == 0) attempt.read_seq = seq;
  auto renames = tables_.renames.of(asset);
  if (!renames) return std::move(renames).error();
  if (!(*renames)->any_after(seq)) return attempt;
  (*renames)->bring_up(seq, attempt.identity, attempt.key);
  if (attempt.output)
    attempt.output->target = renamed_output(attempt.output->target, head.key, attempt.key);
  return attempt;
}

Result<std::string> AttemptReader::captured(std::int64_t seq, std::int64_t position) {
  Rows rows =
      tables_.database.statement("SELECT text FROM captured_log WHERE seq = ? AND position = ?")
          .query(seq, position);
  std::string text;
  if (rows.next()) text = rows.blob(0);
  if (!rows.status()) return rows.status().error();
  return text;
}

}  // namespace partita
