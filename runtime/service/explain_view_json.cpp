#include "service/json_parts.hpp"

namespace partita {

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
      .set("orphan", view.orphan)
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
      .set("attempt_count", view.attempt_count)
      .set("checks", std::move(checks))
      .set("output", or_null(view.output))
      .set("output_key", or_null(view.output_key))
      .set("held_back", or_null(view.held_back));
}

}  // namespace partita
