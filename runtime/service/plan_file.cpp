#include "service/plan_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/sha256.hpp"
#include "base/text.hpp"
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

Json body_json(const PlanFile& file) {
  Json code = Json::array();
  for (const PlanFile::Code& one : file.code)
    code.push(Json::object().set("plugin", one.plugin).set("load_hash", one.load_hash));
  return Json::object()
      .set("format", kFormat)
      .set("as_of", format_instant(file.as_of))
      .set("generation", file.generation)
      .set("request", request_json(file.request))
      .set("tasks", tasks_json(file.tasks, kUnpartitioned))
      .set("blocked", tasks_json(file.blocked, kUnpartitioned))
      .set("code", std::move(code));
}

std::string id_of(const PlanFile& file) {
  return sha256_hex(body_json(file).dump()).substr(0, kIdDigits);
}

// What each asset has to do in all, so that a difference can be told in few words.
std::map<std::string, std::int64_t> counts_of(const std::vector<PlanTaskView>& tasks) {
  std::map<std::string, std::int64_t> counts;
  for (const PlanTaskView& task : tasks) counts[task.asset] += task.count;
  return counts;
}

std::string texts_of(const std::vector<PlanTaskView>& tasks, const std::string& asset) {
  std::string texts;
  for (const PlanTaskView& task : tasks) {
    if (task.asset == asset)
      texts += fmt::format("{} {} {}\n", task.partitions, task.count, task.reason);
  }
  return texts;
}

void compare_tasks(const std::vector<PlanTaskView>& before, const std::vector<PlanTaskView>& now,
                   const char* what, std::vector<std::string>& moved) {
  std::map<std::string, std::int64_t> counts = counts_of(before);
  const std::map<std::string, std::int64_t> others = counts_of(now);
  for (const auto& [asset, count] : others) counts.try_emplace(asset, 0);
  for (const auto& [asset, count] : counts) {
    if (texts_of(before, asset) == texts_of(now, asset)) continue;
    const auto other = others.find(asset);
    const std::int64_t today = other == others.end() ? 0 : other->second;
    moved.push_back(count == today
                        ? fmt::format("{}: other partitions {}, or for other reasons", asset, what)
                        : fmt::format("{}: {} {}, now {}", asset, count_of(count, "partition"),
                                      what, with_thousands(today)));
  }
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
  for (const PlannedAsset& asset : plan.assets) plugins.insert(asset.def.plugin);
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
  if (file.id != id_of(file))
    return usage_error("read the plan: it was changed since it was written",
                       "`partita plan SELECTION -o FILE` writes it anew");
  return file;
}

std::vector<std::string> moved_since(const PlanFile& frozen, const PlanFile& now) {
  std::vector<std::string> moved;
  for (const PlanFile::Code& code : frozen.code) {
    const auto found = std::find_if(now.code.begin(), now.code.end(),
                                    [&](const auto& one) { return one.plugin == code.plugin; });
    if (found != now.code.end() && found->load_hash != code.load_hash)
      moved.push_back(fmt::format("plugin {}: other code", code.plugin));
  }
  compare_tasks(frozen.tasks, now.tasks, "to materialize", moved);
  compare_tasks(frozen.blocked, now.blocked, "held back", moved);
  return moved;
}

}  // namespace partita
