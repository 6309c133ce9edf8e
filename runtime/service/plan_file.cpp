#include "service/plan_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/sha256.hpp"
#include "base/text.hpp"
#include "plan/basis.hpp"
#include "service/json_parts.hpp"

namespace partita {
namespace {

constexpr const char* kFormat = "partita plan 1";
constexpr std::size_t kIdDigits = 16;
constexpr const char* kUnpartitioned = "";

Json request_json(const MaterializeRequest& request) {
  return Json::object()
      .set("selection", request.selection)
      .set("partition", request.partition)
      .set("partition_range", request.partition_range)
      .set("missing", request.missing)
      .set("failed", request.failed)
      .set("stale", request.stale)
      .set("all", request.all)
      .set("upstream_missing", request.upstream_missing)
      .set("allow_missing_upstream", request.allow_missing_upstream);
}

MaterializeRequest request_of(const Json& json) {
  MaterializeRequest request;
  request.selection = json["selection"].as_string();
  request.partition = json["partition"].as_string();
  request.partition_range = json["partition_range"].as_string();
  request.missing = json["missing"].as_bool();
  request.failed = json["failed"].as_bool();
  request.stale = json["stale"].as_bool();
  request.all = json["all"].as_bool();
  request.upstream_missing = json["upstream_missing"].as_bool();
  request.allow_missing_upstream = json["allow_missing_upstream"].as_bool();
  return request;
}

std::vector<PlanTaskView> tasks_of(const Json& json) {
  std::vector<PlanTaskView> tasks;
  for (const Json& task : json.as_array()) {
    tasks.push_back({task["asset"].as_string(), task["partitions"].as_string(),
                     task["reason"].as_string(), task["count"].as_int(),
                     task["conditional"].as_bool()});
  }
  return tasks;
}

Json assets_json(const std::vector<PlanFile::Asset>& assets) {
  Json json = Json::array();
  for (const PlanFile::Asset& one : assets) {
    Json asset = Json::object();
    asset.set("asset", one.asset).set("code_version", one.code_version).set("config", one.config);
    if (!one.keys.empty()) asset.set("keys", one.keys);
    json.push(std::move(asset));
  }
  return json;
}

bool has_dynamic_keys(const PartitionsDefinition& definition) {
  return std::ranges::any_of(definition.dimensions, [](const Dimension& dimension) {
    return std::holds_alternative<DynamicDimension>(dimension.kind);
  });
}

// In no order: one that was removed and added again is the same.
std::string keys_of(const PlannedAsset& asset) {
  if (!has_dynamic_keys(asset.def.partitions)) return {};
  std::vector<std::string> identities;
  asset.targets.for_each([&](Index index) {
    identities.push_back(asset.space->identity_at(index));
    return true;
  });
  std::sort(identities.begin(), identities.end());
  return sha256_hex(join(identities, "\n")).substr(0, kIdDigits);
}

Json body_json(const PlanFile& file) {
  Json code = Json::array();
  for (const PlanFile::Code& one : file.code)
    code.push(Json::object().set("plugin", one.plugin).set("load_hash", one.load_hash));
  Json body = Json::object();
  body.set("format", kFormat)
      .set("as_of", format_instant(file.as_of))
      .set("generation", file.generation)
      .set("request", request_json(file.request))
      .set("tasks", tasks_json(file.tasks, kUnpartitioned))
      .set("blocked", tasks_json(file.blocked, kUnpartitioned))
      .set("code", std::move(code));
  // A file of before they were kept has none, and its id is of what it has.
  if (!file.assets.empty()) body.set("assets", assets_json(file.assets));
  return body;
}

std::string id_of(const PlanFile& file) {
  return sha256_hex(body_json(file).dump()).substr(0, kIdDigits);
}

}  // namespace

PlanFile plan_file_of(const Plan& plan, const MaterializeRequest& request, Snapshot& snapshot) {
  const PlanView view = to_view(plan, snapshot, SIZE_MAX);
  PlanFile file;
  file.request = request;
  file.as_of = view.as_of;
  file.generation = view.generation;
  file.tasks = view.tasks;
  file.blocked = view.blocked;
  std::set<std::string> plugins;
  for (const PlannedAsset& asset : plan.assets) {
    plugins.insert(asset.def.plugin);
    file.assets.push_back({asset.def.key, snapshot.catalog().code_version(asset.def),
                           basis_of(asset.def, snapshot.world().config).config, keys_of(asset)});
  }
  for (const std::string& id : plugins) {
    const PluginRecord* plugin = snapshot.catalog().plugin(id);
    file.code.push_back({id, plugin == nullptr ? std::string() : plugin->load_hash});
  }
  file.id = id_of(file);
  return file;
}

Json to_json(const PlanFile& file) {
  Json json = Json::object().set("plan", file.id);
  const Json body = body_json(file);
  for (const auto& [name, value] : body.as_object()) json.set(name, value);
  return json;
}

Result<PlanFile> read_plan_file(std::string_view text) {
  auto json = Json::parse(text);
  if (!json) return usage_error("read the plan: it is no JSON", json.error().message);
  if ((*json)["format"].as_string() != kFormat)
    return usage_error("read the plan: it is none that this partita knows",
                       "`partita plan SELECTION -o FILE` writes one");
  PlanFile file;
  file.id = (*json)["plan"].as_string();
  Result<Instant> as_of = parse_instant((*json)["as_of"].as_string());
  if (!as_of) return std::move(as_of).error().wrap("read the plan");
  file.as_of = *as_of;
  file.generation = (*json)["generation"].as_int();
  file.request = request_of((*json)["request"]);
  file.tasks = tasks_of((*json)["tasks"]);
  file.blocked = tasks_of((*json)["blocked"]);
  for (const Json& one : (*json)["code"].as_array())
    file.code.push_back({one["plugin"].as_string(), one["load_hash"].as_string()});
  for (const Json& one : (*json)["assets"].as_array())
    file.assets.push_back({one["asset"].as_string(), one["code_version"].as_string(), one["config"],
                           one["keys"].as_string()});
  if (file.id != id_of(file))
    return usage_error("read the plan: it was changed since it was written",
                       "`partita plan SELECTION -o FILE` writes it anew");
  return file;
}

}  // namespace partita
