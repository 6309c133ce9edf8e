#include "definitions/catalog.hpp"

namespace partita {
namespace {

Json signature_to_json(const FileSignature& signature) {
  // The inode as a signed number: JSON has no larger integers.
  return Json::Array{signature.size, signature.mtime_nanos, signature.ctime_nanos,
                     static_cast<std::int64_t>(signature.inode)};
}

FileSignature signature_from_json(const Json& json) {
  const Json::Array& parts = json.as_array();
  if (parts.size() != 4) return {};
  return {parts[0].as_int(), parts[1].as_int(), parts[2].as_int(),
          static_cast<std::uint64_t>(parts[3].as_int())};
}

Json problem_to_json(const Problem& problem) {
  Json json;
  json.set("plugin", problem.plugin).set("code", problem.code).set("message", problem.message);
  json.set("warning", problem.warning);
  return json;
}

Problem problem_from_json(const Json& json) {
  return {json["plugin"].as_string(), json["code"].as_string(), json["message"].as_string(),
          json["warning"].as_bool()};
}

Json plugin_to_json(const PluginRecord& record) {
  Json helpers = Json::array();
  for (std::size_t i = 0; i < record.helpers.size(); ++i) {
    helpers.push(Json()
                     .set("file", record.helpers[i].string())
                     .set("signature", signature_to_json(record.helper_signatures[i])));
  }
  Json problems = Json::array();
  for (const Problem& problem : record.problems) problems.push(problem_to_json(problem));
  Json json;
  json.set("id", record.id)
      .set("file", record.file.string())
      .set("stored", record.stored.string())
      .set("load_hash", record.load_hash)
      .set("signature", signature_to_json(record.signature))
      .set("helpers", std::move(helpers))
      .set("stale_reason", record.stale_reason)
      .set("problems", std::move(problems));
  return json;
}

PluginRecord plugin_from_json(const Json& json) {
  PluginRecord record;
  record.id = json["id"].as_string();
  record.file = json["file"].as_string();
  record.stored = json["stored"].as_string();
  record.load_hash = json["load_hash"].as_string();
  record.signature = signature_from_json(json["signature"]);
  record.stale_reason = json["stale_reason"].as_string();
  for (const Json& helper : json["helpers"].as_array()) {
    record.helpers.emplace_back(helper["file"].as_string());
    record.helper_signatures.push_back(signature_from_json(helper["signature"]));
  }
  for (const Json& item : json["problems"].as_array()) {
    record.problems.push_back(problem_from_json(item));
  }
  return record;
}

}  // namespace

Json to_json(const Catalog& catalog) {
  Json plugins = Json::array();
  for (const PluginRecord& record : catalog.plugins) plugins.push(plugin_to_json(record));
  Json assets = Json::array();
  for (const AssetDef& asset : catalog.assets) assets.push(to_json(asset));
  Json checks = Json::array();
  for (const CheckDef& check : catalog.checks) checks.push(to_json(check));
  Json refused = Json::array();
  for (const RefusedFile& file : catalog.refused) {
    refused.push(Json()
                     .set("file", file.file.string())
                     .set("signature", signature_to_json(file.signature))
                     .set("problem", problem_to_json(file.problem)));
  }
  Json problems = Json::array();
  for (const Problem& problem : catalog.problems) problems.push(problem_to_json(problem));
  Json json;
  json.set("generation", catalog.generation)
      .set("plugins", std::move(plugins))
      .set("assets", std::move(assets))
      .set("checks", std::move(checks))
      .set("refused", std::move(refused))
      .set("problems", std::move(problems));
  return json;
}

Result<Catalog> catalog_from_json(const Json& json) {
  Catalog catalog;
  catalog.generation = json["generation"].as_int();
  for (const Json& item : json["plugins"].as_array()) {
    catalog.plugins.push_back(plugin_from_json(item));
  }
  for (const Json& item : json["assets"].as_array()) {
    auto asset = asset_from_json(item);
    if (!asset) return std::move(asset).error();
    catalog.assets.push_back(std::move(*asset));
  }
  for (const Json& item : json["checks"].as_array()) {
    auto check = check_from_json(item);
    if (!check) return std::move(check).error();
    catalog.checks.push_back(std::move(*check));
  }
  for (const Json& item : json["refused"].as_array()) {
    catalog.refused.push_back({item["file"].as_string(), signature_from_json(item["signature"]),
                               problem_from_json(item["problem"])});
  }
  for (const Json& item : json["problems"].as_array()) {
    catalog.problems.push_back(problem_from_json(item));
  }
  return catalog;
}

}  // namespace partita
