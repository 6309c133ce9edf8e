#include "service/json_parts.hpp"

namespace partita {

Json to_json(const PlanView& view) {
  Json json = Json::object()
                  .set("plan", or_null(view.id))
                  .set("kind", view.checks_only ? "check" : "materialize")
                  .set("count", view.count())
                  .set("as_of", format_instant(view.as_of))
                  .set("generation", view.generation)
                  .set("tasks", tasks_json(view.tasks, Json()))
                  .set("blocked", tasks_json(view.blocked, Json()))
                  .set("eta_seconds", view.eta_seconds == 0 ? Json() : Json(view.eta_seconds))
                  .set("problems", problems_json(view.problems));
  if (view.checks_only) json.set("not_materialized", view.not_materialized);
  return json;
}

}  // namespace partita
