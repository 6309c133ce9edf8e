#include "store/runs.hpp"

#include <fmt/format.h>

#include <limits>

namespace partita {

namespace {

#define PARTITA_RUN_COLUMNS                                                                \
  "SELECT id, state, started, finished, generation, as_of, selection, planned, plan, pid," \
  " kind, not_started, options, config, materialized, failed, upstream_failed, skipped, "  \
  "cancelled,"                                                                             \
  " passed FROM run "
constexpr int kFirstCount = 14;

constexpr Outcome kCounted[] = {Outcome::materialized, Outcome::failed,    Outcome::upstream_failed,
                                Outcome::skipped,      Outcome::cancelled, Outcome::passed};

Result<RunRecord> run_of(const Rows& rows) {
  RunRecord run;
  run.id = rows.integer(0);
  run.state = static_cast<RunState>(rows.integer(1));
  run.started = rows.integer(2);
  run.finished = rows.integer(3);
  run.generation = rows.integer(4);
  run.as_of = rows.integer(5);
  run.selection = rows.text(6);
  run.planned = rows.integer(7);
  auto plan = Json::parse(rows.text(8));
  if (!plan) return std::move(plan).error().wrap(fmt::format("read the plan of run {}", run.id));
  run.plan = std::move(*plan);
  run.pid = rows.integer(9);
  run.kind = static_cast<RunKind>(rows.integer(10));
  if (!rows.is_null(11)) run.not_started = rows.integer(11);
  auto options = Json::parse(rows.text(12));
  if (!options)
    return std::move(options).error().wrap(fmt::format("read the options of run {}", run.id));
  for (const Json& option : options->as_array()) run.options.push_back(option.as_string());
  if (!rows.is_null(13)) {
    auto config = Json::parse(rows.text(13));
    if (!config)
      return std::move(config).error().wrap(fmt::format("read the config of run {}", run.id));
    run.config = std::move(*config);
  }
  int column = kFirstCount;
  for (const Outcome outcome : kCounted) {
    const auto count = rows.integer(column++);
    if (count != 0) run.counts.emplace_back(outcome, count);
  }
  return run;
}

Result<std::vector<RunRecord>> all(Rows rows) {
  std::vector<RunRecord> found;
  while (rows.next()) {
    auto run = run_of(rows);
    if (!run) return std::move(run).error();
    found.push_back(std::move(*run));
  }
  if (!rows.status()) return rows.status().error();
  return found;
}

Json options_json(const RunRecord& run) {
  Json options = Json::array();
  for (const std::string& option : run.options) options.push(option);
  return options;
}

Json start_payload(const RunRecord& run) {
  Json payload = Json::object();
  payload.set("started", run.started).set("generation", run.generation).set("as_of", run.as_of);
  payload.set("selection", run.selection).set("planned", run.planned).set("plan", run.plan);
  payload.set("pid", run.pid);
  if (run.kind != RunKind::materialize) payload.set("kind", static_cast<int>(run.kind));
  if (!run.options.empty()) payload.set("options", options_json(run));
  if (!run.config.is_null()) payload.set("config", run.config);
  return payload;
}

}  // namespace

Error no_such_run(RunId run) {
  return {ErrorCode::not_found, fmt::format("find run {}: there is none of that number", run),
          "partita runs"};
}

Result<RunId> Runs::begin(const RunRecord& run, std::int64_t at) {
  auto last = database_.statement("SELECT max(id) FROM run").integer();
  if (!last) return std::move(last).error();
  const RunId id = last->value_or(0) + 1;
  auto appended = append(EventKind::run_started, id, at, start_payload(run));
  if (!appended) return std::move(appended).error();
  return id;
}

Status Runs::finish(RunId run, RunState state, std::optional<std::int64_t> not_started,
                    std::int64_t at) {
  if (auto known = first_seq(run); !known) return std::move(known).error();
  Json payload = Json::object();
  payload.set("state", static_cast<int>(state));
  if (not_started) payload.set("not_started", *not_started);
  return append(EventKind::run_finished, run, at, payload);
}

Status Runs::resume(RunId run, std::int64_t pid, std::int64_t at) {
  if (auto known = first_seq(run); !known) return std::move(known).error();
  return append(EventKind::run_resumed, run, at, Json::object().set("pid", pid));
}

Status Runs::append(EventKind kind, RunId run, std::int64_t at, const Json& payload) {
  auto last = log_.last_seq();
  if (!last) return std::move(last).error();
  const std::string text = payload.dump();
  Event event;
  event.seq = *last + 1;
  event.at = at;
  event.kind = kind;
  event.run = run;
  event.payload = text;
  if (auto appended = log_.append(event); !appended) return appended;
  return apply(event);
}

Status Runs::apply(const Event& event) {
  auto payload = Json::parse(event.payload);
  if (!payload) return damaged_event(database_, event.seq);
  const Json& run = *payload;
  if (event.kind == EventKind::run_resumed) {
    return database_.statement("UPDATE run SET state = 0, pid = ?, not_started = NULL WHERE id = ?")
        .run(run["pid"].as_int(), event.run);
  }
  if (event.kind == EventKind::run_finished) {
    std::optional<std::int64_t> not_started;
    if (run.contains("not_started")) not_started = run["not_started"].as_int();
    return database_
        .statement("UPDATE run SET state = ?, finished = ?, not_started = ? WHERE id = ?")
        .run(run["state"].as_int(), event.at, not_started, event.run);
  }
  std::optional<std::string> config;
  if (run.contains("config")) config = run["config"].dump();
  return database_
      .statement(
          "INSERT INTO run (id, first_seq, state, started, finished, generation, as_of,"
          " selection, planned, plan, pid, kind, options, config)"
          " VALUES (?, ?, 0, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(event.run, event.seq, run["started"].as_int(), run["generation"].as_int(),
           run["as_of"].as_int(), run["selection"].as_string(), run["planned"].as_int(),
           run["plan"].dump(), run["pid"].as_int(), run.contains("kind") ? run["kind"].as_int() : 0,
           run.contains("options") ? run["options"].dump() : "[]", config);
}

Status Runs::add(RunId run, const RunCounts& counts) {
  const auto of = [&](Outcome outcome) {
    return counts.by_outcome[static_cast<std::size_t>(outcome)];
  };
  return database_
      .statement(
          "UPDATE run SET replaced = replaced + ?, materialized = materialized + ?,"
          " failed = failed + ?, upstream_failed = upstream_failed + ?,"
          " skipped = skipped + ?, cancelled = cancelled + ?, passed = passed + ? WHERE id = ?")
      .run(counts.replaced, of(Outcome::materialized), of(Outcome::failed),
           of(Outcome::upstream_failed), of(Outcome::skipped), of(Outcome::cancelled),
           of(Outcome::passed), run);
}

Result<std::vector<RunRecord>> Runs::newest(std::int64_t limit, RunId before) {
  const RunId below = before > 0 ? before : std::numeric_limits<RunId>::max();
  return all(database_.statement(PARTITA_RUN_COLUMNS "WHERE id < ? ORDER BY id DESC LIMIT ?")
                 .query(below, limit));
}

Result<std::optional<RunRecord>> Runs::find(RunId run) {
  auto found = all(database_.statement(PARTITA_RUN_COLUMNS "WHERE id = ?").query(run));
  if (!found) return std::move(found).error();
  if (found->empty()) return std::optional<RunRecord>();
  return std::optional(std::move(found->front()));
}

Result<std::vector<RunRecord>> Runs::under_way() {
  return all(database_.statement(PARTITA_RUN_COLUMNS "WHERE state = 0 ORDER BY id").query());
}

Result<std::int64_t> Runs::first_seq(RunId run) {
  auto seq = database_.statement("SELECT first_seq FROM run WHERE id = ?").integer(run);
  if (!seq) return std::move(seq).error();
  if (!*seq) return no_such_run(run);
  return **seq;
}

Result<std::int64_t> Runs::replaced(RunId run) {
  auto count = database_.statement("SELECT replaced FROM run WHERE id = ?").integer(run);
  if (!count) return std::move(count).error();
  if (!*count) return no_such_run(run);
  return **count;
}

}  // namespace partita
