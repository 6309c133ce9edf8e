#include <fmt/format.h>

#include "service/views.hpp"

namespace partita {
namespace {

Json strings(const std::vector<std::string>& values) {
  Json json = Json::array();
  for (const std::string& value : values) json.push(value);
  return json;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json instant_or_null(Instant at) {
  return at == 0 ? Json() : Json(format_instant(at));
}

Json metadata_json(const std::vector<std::pair<std::string, Json>>& metadata) {
  Json json = Json::object();
  for (const auto& [name, entry] : metadata) json.set(name, entry);
  return json;
}

Json problems_json(const std::vector<ProblemView>& problems) {
  Json json = Json::array();
  for (const ProblemView& problem : problems) {
    json.push(Json::object()
                  .set("plugin", problem.plugin)
                  .set("code", problem.code)
                  .set("message", problem.message)
                  .set("warning", problem.warning));
  }
  return json;
}

Json orphaned_json(const OrphanedCount& orphaned) {
  return Json::object().set("assets", orphaned.assets).set("partitions", orphaned.partitions);
}

Json row_json(const AssetRow& row) {
  Json partitions;
  if (!row.partitions_kind.empty()) {
    partitions = Json::object()
                     .set("kind", row.partitions_kind)
                     .set("count", row.partition_count)
                     .set("description", row.partitions_text);
  }
  return Json::object()
      .set("key", row.key)
      .set("group", row.group)
      .set("kinds", strings(row.kinds))
      .set("plugin", row.plugin)
      .set("description", row.description)
      .set("deps", strings(row.deps))
      .set("partitions", std::move(partitions))
      .set("counts", to_json(row.counts))
      .set("stale", row.stale)
      .set("unknown", row.unknown)
      .set("checks_not_passed", row.checks_not_passed)
      .set("blocked", or_null(row.blocked));
}

Json latest_json(const AssetView::Latest& latest) {
  return Json::object()
      .set("key", or_null(latest.key))
      .set("run", latest.run)
      .set("at", format_instant(latest.at))
      .set("data_version", latest.data_version)
      .set("code_version", or_null(latest.code_version))
      .set("code_hash", or_null(latest.code_hash))
      .set("output_dir", or_null(latest.output_dir))
      .set("metadata", metadata_json(latest.metadata));
}

void add_relations(const AssetView& view, Json& json) {
  Json upstream = Json::array();
  for (const DependencyView& dep : view.upstream) {
    upstream.push(Json::object().set("asset", dep.asset).set("mapping", dep.mapping));
  }
  Json checks = Json::array();
  for (const CheckView& check : view.checks) {
    checks.push(Json::object()
                    .set("name", check.name)
                    .set("description", check.description)
                    .set("blocking", check.blocking)
                    .set("severity", check.warning ? "warning" : "error")
                    .set("passed", check.passed)
                    .set("not_passed", check.not_passed));
  }
  json.set("upstream", std::move(upstream))
      .set("downstream", strings(view.downstream))
      .set("checks", std::move(checks));
}

Json check_json(const CheckResultView& check) {
  return Json::object()
      .set("name", check.name)
      .set("passed", check.passed)
      .set("ran", check.ran)
      .set("blocking", check.blocking)
      .set("severity", check.warning ? "warning" : "error")
      .set("reason", or_null(check.reason))
      .set("metadata", metadata_json(check.metadata));
}

Json usage_json(const UsageView& usage) {
  return Json::object()
      .set("user_seconds", usage.user_seconds)
      .set("system_seconds", usage.system_seconds)
      .set("max_rss_bytes", usage.max_rss_bytes);
}

Json failure_json(const FailureView& failure) {
  return Json::object()
      .set("kind", failure.kind)
      .set("signal", failure.signal == 0 ? Json() : Json(failure.signal))
      .set("message", failure.message)
      .set("backtrace", or_null(failure.backtrace))
      .set("usage", failure.usage ? usage_json(*failure.usage) : Json());
}

Json attempt_json(const AttemptView& attempt) {
  Json checks = Json::array(), earlier = Json::array();
  for (const CheckResultView& check : attempt.checks) checks.push(check_json(check));
  for (const AttemptView& one : attempt.earlier) {
    earlier.push(Json::object()
                     .set("attempt", one.attempts)
                     .set("status", to_text(one.status))
                     .set("seconds", one.seconds)
                     .set("error", one.error ? failure_json(*one.error) : Json())
                     .set("reason", or_null(one.reason)));
  }
  return Json::object()
      .set("asset", attempt.asset)
      .set("key", or_null(attempt.key))
      .set("status", to_text(attempt.status))
      .set("attempts", attempt.attempts)
      .set("seconds", attempt.seconds)
      .set("error", attempt.error ? failure_json(*attempt.error) : Json())
      .set("reason", or_null(attempt.reason))
      .set("data_version", or_null(attempt.data_version))
      .set("code_hash", or_null(attempt.code_hash))
      .set("metadata", metadata_json(attempt.metadata))
      .set("checks", std::move(checks))
      .set("earlier", std::move(earlier));
}

Json tasks_json(const std::vector<PlanTaskView>& tasks) {
  Json json = Json::array();
  for (const PlanTaskView& task : tasks) {
    json.push(Json::object()
                  .set("asset", task.asset)
                  .set("partitions", or_null(task.partitions))
                  .set("count", task.count)
                  .set("reason", task.reason)
                  .set("conditional", task.conditional));
  }
  return json;
}

const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::definitions:
      return "definitions";
    case ErrorCode::plan_moved:
      return "plan_moved";
    case ErrorCode::lease_held:
      return "lease_held";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::io:
      return "io";
    case ErrorCode::damaged:
      return "damaged";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::timeout:
      return "timeout";
  }
  return "internal";
}

}  // namespace

const char* to_text(DisplayStatus status) {
  switch (status) {
    case DisplayStatus::running:
      return "running";
    case DisplayStatus::queued:
      return "queued";
    case DisplayStatus::failed:
      return "failed";
    case DisplayStatus::materialized:
      return "materialized";
    case DisplayStatus::upstream_failed:
      return "upstream_failed";
    case DisplayStatus::skipped:
      return "skipped";
    case DisplayStatus::cancelled:
      return "cancelled";
    case DisplayStatus::missing:
      return "missing";
    case DisplayStatus::passed:
      return "passed";
  }
  return "missing";
}

Result<DisplayStatus> parse_display_status(std::string_view text) {
  std::string known;
  for (const DisplayStatus status : kAllStatuses) {
    if (text == to_text(status)) return status;
    known += known.empty() ? "" : ", ";
    known += to_text(status);
  }
  return usage_error(fmt::format("read status `{}`: there is none of that name", text),
                     "the statuses are " + known);
}

bool ReloadView::is_change() const {
  return !added.empty() || !removed.empty() || !changed.empty();
}

bool ReloadView::failed() const {
  for (const ProblemView& problem : problems) {
    if (!problem.warning) return true;
  }
  return false;
}

std::int64_t PlanView::count() const {
  std::int64_t total = 0;
  for (const PlanTaskView& task : tasks) total += task.count;
  return total;
}

std::int64_t PlanView::conditional_count() const {
  std::int64_t total = 0;
  for (const PlanTaskView& task : tasks) total += task.conditional ? task.count : 0;
  return total;
}

Json to_json(const StatusCounts& counts) {
  Json json = Json::object();
  for (const auto& [status, count] : counts) json.set(to_text(status), count);
  return json;
}

Json to_json(const ListView& view) {
  Json assets = Json::array();
  for (const AssetRow& row : view.assets) assets.push(row_json(row));
  return Json::object()
      .set("generation", view.generation)
      .set("assets", std::move(assets))
      .set("problems", problems_json(view.problems))
      .set("orphaned", orphaned_json(view.orphaned));
}

Json to_json(const AssetView& view) {
  Json json = row_json(view.row);
  Json tags = Json::object();
  for (const auto& [name, value] : view.tags) tags.set(name, value);
  json.set("code_version", or_null(view.code_version))
      .set("pool", or_null(view.pool))
      .set("policy", view.policy_json)
      .set("owners", strings(view.owners))
      .set("tags", std::move(tags))
      .set("plugin_file", view.plugin_file)
      .set("load_hash", view.load_hash)
      .set("stale_definition", or_null(view.stale_definition));
  add_relations(view, json);
  json.set("orphans", view.orphans).set("orphaned", view.orphaned);
  return json.set("latest", view.latest ? latest_json(*view.latest) : Json());
}

Json to_json(const OrphanedAssetsView& view) {
  Json assets = Json::array();
  for (const OrphanedAssetRow& row : view.assets) {
    assets.push(Json::object()
                    .set("key", row.key)
                    .set("count", row.partitions)
                    .set("counts", to_json(row.counts))
                    .set("latest", row.latest ? latest_json(*row.latest) : Json())
                    .set("output_bytes", row.output_bytes)
                    .set("more_output", row.more_output));
  }
  return Json::object().set("generation", view.generation).set("assets", std::move(assets));
}

Json to_json(const PartitionsView& view) {
  Json partitions = Json::array();
  for (const PartitionRow& row : view.partitions) {
    partitions.push(Json::object()
                        .set("key", row.key)
                        .set("start", row.window ? Json(format_instant(row.window->start)) : Json())
                        .set("end", row.window ? Json(format_instant(row.window->end)) : Json())
                        .set("status", to_text(row.status))
                        .set("fresh", row.fresh ? Json(*row.fresh) : Json())
                        .set("reason", or_null(row.reason)));
  }
  return Json::object()
      .set("asset", view.asset)
      .set("orphaned", view.orphaned)
      .set("count", view.count)
      .set("partitions", std::move(partitions))
      .set("cursor", or_null(view.cursor))
      .set("problems", problems_json(view.problems));
}

Json to_json(const RunRow& row) {
  return Json::object()
      .set("run", row.run)
      .set("kind", row.kind)
      .set("result", row.result)
      .set("selection", row.selection)
      .set("options", strings(row.options))
      .set("started", instant_or_null(row.started))
      .set("seconds", row.seconds)
      .set("planned", row.planned)
      .set("generation", row.generation)
      .set("as_of", instant_or_null(row.as_of))
      .set("counts", to_json(row.counts));
}

Json to_json(const AttemptView& attempt) {
  return attempt_json(attempt);
}

Json to_json(const RunView& view) {
  Json partitions = Json::array();
  for (const AttemptView& attempt : view.partitions) partitions.push(attempt_json(attempt));
  return to_json(view.row)
      .set("plan", view.plan)
      .set("partitions", std::move(partitions))
      .set("truncated", view.truncated);
}

Json to_json(const ReportView& view) {
  return Json::object()
      .set("run", view.run)
      .set("asset", view.asset)
      .set("partitions", view.partitions)
      .set("count", view.count);
}

Json to_json(const ReloadView& view) {
  Json changed = Json::array();
  for (const auto& [asset, what] : view.changed) {
    changed.push(Json::object().set("asset", asset).set("what", strings(what)));
  }
  Json effects = Json::array();
  for (const PartitionsEffect& effect : view.effects) {
    effects.push(Json::object()
                     .set("asset", effect.asset)
                     .set("leave", effect.leave)
                     .set("come", effect.come)
                     .set("history", effect.history));
  }
  return Json::object()
      .set("generation", view.generation)
      .set("added", strings(view.added))
      .set("removed", strings(view.removed))
      .set("changed", std::move(changed))
      .set("partitions", std::move(effects))
      .set("unchanged", view.unchanged)
      .set("problems", problems_json(view.problems))
      .set("emptied", strings(view.emptied))
      .set("output", strings(view.output));
}

Json to_json(const MaterializeView& view) {
  return Json::object()
      .set("run", view.run == 0 ? Json() : Json(view.run))
      .set("result", view.result)
      .set("counts", to_json(view.counts))
      .set("unchanged", view.unchanged)
      .set("seconds", view.seconds)
      .set("planned", view.planned)
      .set("kind", view.kind);
}

Json to_json(const PlanView& view) {
  Json json = Json::object()
                  .set("plan", or_null(view.id))
                  .set("kind", view.checks_only ? "check" : "materialize")
                  .set("count", view.count())
                  .set("as_of", format_instant(view.as_of))
                  .set("generation", view.generation)
                  .set("tasks", tasks_json(view.tasks))
                  .set("blocked", tasks_json(view.blocked))
                  .set("eta_seconds", view.eta_seconds == 0 ? Json() : Json(view.eta_seconds))
                  .set("problems", problems_json(view.problems));
  if (view.checks_only) json.set("not_materialized", view.not_materialized);
  return json;
}

Json to_json(const ExplainView& view) {
  using Freshness = ExplainView::Freshness;
  Json reasons = Json::array(), upstream = Json::array(), attempts = Json::array();
  for (const auto& reason : view.reasons)
    reasons.push(Json::object().set("kind", reason.kind).set("text", reason.text));
  for (const auto& one : view.upstream) {
    upstream.push(Json::object()
                      .set("asset", one.asset)
                      .set("key", or_null(one.key))
                      .set("status", to_text(one.status))
                      .set("note", or_null(one.note)));
  }
  for (const auto& attempt : view.attempts) {
    attempts.push(Json::object()
                      .set("run", attempt.run)
                      .set("at", instant_or_null(attempt.at))
                      .set("status", to_text(attempt.status))
                      .set("attempt", attempt.number)
                      .set("seconds", attempt.seconds)
                      .set("reason", or_null(attempt.reason)));
  }
  Json checks = Json::array();
  for (const LastCheckView& check : view.checks) {
    Json one = check_json(check.result);
    if (check.run == 0) one.set("passed", Json()).set("ran", false);
    one.set("run", check.run == 0 ? Json() : Json(check.run));
    checks.push(one.set("at", instant_or_null(check.at)));
  }
  const bool is_known = view.freshness == Freshness::fresh || view.freshness == Freshness::stale;
  return Json::object()
      .set("asset", view.asset)
      .set("key", or_null(view.key))
      .set("orphaned", view.orphaned)
      .set("status", to_text(view.status))
      .set("reason", or_null(view.status_reason))
      .set("fresh", is_known ? Json(view.freshness == Freshness::fresh) : Json())
      .set("reasons", std::move(reasons))
      .set("code_version", or_null(view.code_version))
      .set("code_version_is_automatic", view.code_is_automatic)
      .set("materialization", view.made ? latest_json(*view.made) : Json())
      .set("upstream", std::move(upstream))
      .set("upstream_count", view.upstream_count)
      .set("attempts", std::move(attempts))
      .set("checks", std::move(checks))
      .set("output", or_null(view.output))
      .set("held_back", or_null(view.held_back));
}

Json to_json(const StatusView& view) {
  Json attention = Json::array(), recent = Json::array(), interrupted = Json::array();
  for (const AssetRow& row : view.attention) attention.push(row_json(row));
  for (const RunRow& row : view.recent) recent.push(to_json(row));
  for (const RunRow& row : view.interrupted) interrupted.push(to_json(row));
  return Json::object()
      .set("project", view.project)
      .set("generation", view.generation)
      .set("assets", view.assets)
      .set("partitions", view.partitions)
      .set("stale", view.stale)
      .set("checks_not_passed", view.checks_not_passed)
      .set("counts", to_json(view.counts))
      .set("attention", std::move(attention))
      .set("recent_runs", std::move(recent))
      .set("interrupted_runs", std::move(interrupted))
      .set("problems", problems_json(view.problems))
      .set("orphaned", orphaned_json(view.orphaned));
}

Json to_json(const DynamicSetView& view) {
  Json keys = Json::array();
  for (const std::string& key : *view.keys) keys.push(key);
  Json::Object values(view.metadata.begin(), view.metadata.end());
  return Json::object()
      .set("set", view.set)
      .set("keys", std::move(keys))
      .set("metadata", std::move(values));
}

Json to_json(const Error& error) {
  return Json::object().set("error", Json::object()
                                         .set("code", name_of(error.code))
                                         .set("message", error.message)
                                         .set("hint", or_null(error.hint)));
}

Json graph_to_json(const ListView& view) {
  Json assets = Json::array(), edges = Json::array();
  for (const AssetRow& asset : view.assets) {
    assets.push(Json::object().set("key", asset.key).set("counts", to_json(asset.counts)));
    for (const std::string& dep : asset.deps)
      edges.push(Json::object().set("from", dep).set("to", asset.key));
  }
  return Json::object()
      .set("generation", view.generation)
      .set("assets", std::move(assets))
      .set("edges", std::move(edges));
}

}  // namespace partita
