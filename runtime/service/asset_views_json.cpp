#include "service/json_parts.hpp"

namespace partita {
namespace {

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

}  // namespace

Json to_json(const ListView& view) {
  Json assets = Json::array();
  for (const AssetRow& row : view.assets) assets.push(row_json(row));
  return Json::object()
      .set("generation", view.generation)
      .set("assets", std::move(assets))
      .set("problems", problems_json(view.problems))
      .set("orphaned", orphaned_json(view.orphaned));
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
  json.set("latest_is_orphan", view.latest_is_orphan);
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

}  // namespace partita
