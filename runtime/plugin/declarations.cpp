#include "plugin/declarations.hpp"

namespace partita {
namespace {

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Json texts_to_json(const Texts& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

Texts texts_from_json(const Json& json) {
  Texts texts;
  for (const Json& item : json.as_array()) texts.push_back(item.as_string());
  return texts;
}

// A list, not an object: a tag may stand twice, with two values.
Json pairs_to_json(const Pairs& pairs) {
  Json json = Json::array();
  for (const auto& [name, value] : pairs) json.push(Json::Array{name, value});
  return json;
}

Pairs pairs_from_json(const Json& json) {
  Pairs pairs;
  for (const Json& item : json.as_array()) {
    const Json::Array& pair = item.as_array();
    if (pair.size() == 2) pairs.emplace_back(pair[0].as_string(), pair[1].as_string());
  }
  return pairs;
}

Json dependency_to_json(const Dependency& dep) {
  Json json;
  json.set("asset", dep.asset).set("mapping", to_json(dep.mapping));
  if (dep.declared) json.set("declared", to_json(*dep.declared));
  return json;
}

Result<Dependency> dependency_from_json(const Json& json) {
  auto mapping = mapping_from_json(json["mapping"]);
  if (!mapping) return std::move(mapping).error();
  Dependency dep{json["asset"].as_string(), std::move(*mapping), std::nullopt};
  if (!json.contains("declared")) return dep;
  auto declared = mapping_from_json(json["declared"]);
  if (!declared) return std::move(declared).error();
  dep.declared = std::move(*declared);
  return dep;
}

template <class T>
Json list_to_json(const std::vector<T>& items) {
  Json json = Json::array();
  for (const T& item : items) json.push(to_json(item));
  return json;
}

}  // namespace

Json to_json(const AssetDef& asset) {
  Json deps = Json::array();
  for (const Dependency& dep : asset.deps) deps.push(dependency_to_json(dep));
  Json json;
  json.set("key", asset.key)
      .set("description", asset.description)
      .set("group", asset.group)
      .set("code_version", asset.code_version)
      .set("pool", asset.pool)
      .set("kinds", texts_to_json(asset.kinds))
      .set("owners", texts_to_json(asset.owners))
      .set("tags", pairs_to_json(asset.tags))
      .set("deps", std::move(deps))
      .set("partitions", to_json(asset.partitions))
      .set("policy", to_json(asset.policy))
      .set("plugin", asset.plugin);
  return json;
}

Result<AssetDef> asset_from_json(const Json& json) {
  AssetDef asset;
  asset.key = json["key"].as_string();
  asset.description = json["description"].as_string();
  asset.group = json["group"].as_string();
  asset.code_version = json["code_version"].as_string();
  asset.pool = json["pool"].as_string();
  asset.kinds = texts_from_json(json["kinds"]);
  asset.owners = texts_from_json(json["owners"]);
  asset.tags = pairs_from_json(json["tags"]);
  asset.plugin = json["plugin"].as_string();
  for (const Json& item : json["deps"].as_array()) {
    auto dep = dependency_from_json(item);
    if (!dep) return std::move(dep).error().wrap("read asset " + asset.key);
    asset.deps.push_back(std::move(*dep));
  }
  auto partitions = partitions_from_json(json["partitions"]);
  if (!partitions) return std::move(partitions).error().wrap("read asset " + asset.key);
  asset.partitions = std::move(*partitions);
  asset.policy = run_policy_from_json(json["policy"]);
  return asset;
}

Json to_json(const CheckDef& check) {
  Json json;
  json.set("name", check.name)
      .set("asset", check.asset)
      .set("description", check.description)
      .set("blocking", check.blocking)
      .set("severity", check.severity == CheckDef::Severity::error ? "error" : "warning")
      .set("plugin", check.plugin);
  return json;
}

Result<CheckDef> check_from_json(const Json& json) {
  CheckDef check;
  check.name = json["name"].as_string();
  check.asset = json["asset"].as_string();
  check.description = json["description"].as_string();
  check.blocking = json["blocking"].as_bool();
  if (json["severity"].as_string() == "warning") check.severity = CheckDef::Severity::warning;
  check.plugin = json["plugin"].as_string();
  return check;
}

Json to_json(const PluginDeclarations& declarations) {
  Json refused = Json::array();
  for (const RefusedDeclaration& item : declarations.refused) {
    refused.push(Json().set("what", item.what).set("reason", item.reason));
  }
  Json json;
  json.set("plugin_id", declarations.plugin_id)
      .set("assets", list_to_json(declarations.assets))
      .set("checks", list_to_json(declarations.checks))
      .set("refused", std::move(refused));
  return json;
}

Result<PluginDeclarations> declarations_from_json(const Json& json) {
  PluginDeclarations declarations;
  declarations.plugin_id = json["plugin_id"].as_string();
  for (const Json& item : json["assets"].as_array()) {
    auto asset = asset_from_json(item);
    if (!asset) return std::move(asset).error();
    declarations.assets.push_back(std::move(*asset));
  }
  for (const Json& item : json["checks"].as_array()) {
    auto check = check_from_json(item);
    if (!check) return std::move(check).error();
    declarations.checks.push_back(std::move(*check));
  }
  for (const Json& item : json["refused"].as_array()) {
    declarations.refused.push_back({item["what"].as_string(), item["reason"].as_string()});
  }
  return declarations;
}

}  // namespace partita
