#include "service/json_parts.hpp"

namespace partita {

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

}  // namespace partita
