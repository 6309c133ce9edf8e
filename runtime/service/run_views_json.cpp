#include "service/json_parts.hpp"

namespace partita {
namespace {

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

}  // namespace

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

Json to_json(const RunView& view) {
  Json partitions = Json::array();
  for (const AttemptView& attempt : view.partitions) partitions.push(to_json(attempt));
  return to_json(view.row)
      .set("plan", view.plan)
      .set("partitions", std::move(partitions))
      .set("truncated", view.truncated);
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

Json to_json(const ReportView& view) {
  return Json::object()
      .set("run", view.run)
      .set("asset", view.asset)
      .set("partitions", view.partitions)
      .set("count", view.count);
}

}  // namespace partita
