#include "service/views.hpp"

namespace partita {

Json to_json(const DynamicSetView& view) {
  Json keys = Json::array();
  for (const std::string& key : *view.keys) keys.push(key);
  Json::Object values(view.metadata.begin(), view.metadata.end());
  return Json::object()
      .set("set", view.set)
      .set("keys", std::move(keys))
      .set("metadata", std::move(values));
}

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
