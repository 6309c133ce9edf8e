#include "service/json_parts.hpp"

namespace partita {

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

Json orphaned_json(const OrphanedCount& orphaned) {
  return Json::object().set("assets", orphaned.assets).set("partitions", orphaned.partitions);
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

Json tasks_json(const std::vector<PlanTaskView>& tasks, const Json& unpartitioned) {
  Json json = Json::array();
  for (const PlanTaskView& task : tasks) {
    json.push(
        Json::object()
            .set("asset", task.asset)
            .set("partitions", task.partitions.empty() ? unpartitioned : Json(task.partitions))
            .set("count", task.count)
            .set("reason", task.reason)
            .set("conditional", task.conditional));
  }
  return json;
}

Json to_json(const StatusCounts& counts) {
  Json json = Json::object();
  for (const auto& [status, count] : counts) json.set(to_text(status), count);
  return json;
}

}  // namespace partita
