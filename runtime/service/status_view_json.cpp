#include "service/json_parts.hpp"

namespace partita {

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

}  // namespace partita
