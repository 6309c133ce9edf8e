#include "service/views.hpp"

namespace partita {

Json to_json(const RenameView& view) {
  Json assets = Json::array();
  for (const RenameView::Asset& asset : view.assets) {
    assets.push(Json::object()
                    .set("asset", asset.asset)
                    .set("partitions", asset.partitions)
                    .set("outputs", asset.outputs));
  }
  return Json::object()
      .set("set", view.set)
      .set("from", view.from)
      .set("to", view.to)
      .set("assets", std::move(assets));
}

}  // namespace partita
