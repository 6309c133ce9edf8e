#include <numeric>

#include "service/views.hpp"

namespace partita {
namespace {

Json wiped_json(const std::vector<WipedView>& wiped) {
  Json json = Json::array();
  for (const WipedView& one : wiped) {
    Json entry = Json::object()
                     .set("asset", one.asset)
                     .set("partitions", one.partitions)
                     .set("count", one.count)
                     .set("materialized", one.materialized)
                     .set("outputs", one.outputs);
    if (!one.reason.empty()) entry.set("reason", one.reason);
    json.push(std::move(entry));
  }
  return json;
}

}  // namespace

std::int64_t WipeView::count() const {
  return std::accumulate(
      assets.begin(), assets.end(), std::int64_t{0},
      [](std::int64_t sum, const WipedView& asset) { return sum + asset.count; });
}

Json to_json(const WipeView& view) {
  return Json::object()
      .set("wipe", view.wipe == 0 ? Json() : Json(view.wipe))
      .set("selection", view.selection)
      .set("count", view.count())
      .set("assets", wiped_json(view.assets));
}

Json to_json(const UndoneWipeView& view) {
  return Json::object()
      .set("wipe", view.wipe)
      .set("selection", view.selection)
      .set("restored", wiped_json(view.restored))
      .set("refused", wiped_json(view.refused));
}

Json to_json(const WipeRow& row) {
  return Json::object()
      .set("wipe", row.wipe)
      .set("at", format_instant(row.at))
      .set("selection", row.selection)
      .set("partitions", row.partitions)
      .set("outputs", row.outputs)
      .set("undone", row.undone)
      .set("purged", row.purged);
}

}  // namespace partita
