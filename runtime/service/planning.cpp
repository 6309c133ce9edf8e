#include "service/planning.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "service/last_good.hpp"

namespace partita {

Result<std::shared_ptr<const PartitionExpr>> partition_option(const std::string& partition,
                                                              const std::string& range) {
  if (!partition.empty() && !range.empty()) {
    return usage_error("read the options: --partition and --partition-range exclude each other");
  }
  if (!partition.empty()) {
    PartitionExpr expr;
    expr.kind = PartitionExpr::Kind::key;
    expr.text = partition;
    return std::make_shared<const PartitionExpr>(std::move(expr));
  }
  if (range.empty()) return std::shared_ptr<const PartitionExpr>();
  const std::size_t dots = range.find("...");
  const std::string from = range.substr(0, dots);
  const std::string to = dots == std::string::npos ? std::string() : range.substr(dots + 3);
  if (from.empty() || to.empty() || to.find("...") != std::string::npos) {
    return usage_error(fmt::format("read --partition-range `{}`: it is not FROM...TO", range));
  }
  PartitionExpr expr;
  expr.kind = PartitionExpr::Kind::range;
  expr.from = from;
  expr.to = to;
  return std::make_shared<const PartitionExpr>(std::move(expr));
}

Result<Plan> plan_of(const MaterializeRequest& request, Snapshot& snapshot,
                     const PartitionsByAsset& taken_over) {
  PlanRequest plan;
  plan.taken_over = taken_over;
  auto selection = parse_selection(request.selection);
  if (!selection) return std::move(selection).error();
  plan.selection = *std::move(selection);
  auto partitions = partition_option(request.partition, request.partition_range);
  if (!partitions) return std::move(partitions).error();
  plan.partitions = *std::move(partitions);
  plan.wanted = {request.missing, request.failed, request.stale, request.recoded, request.all};
  plan.upstream_missing = request.upstream_missing;
  plan.allow_missing_upstream = request.allow_missing_upstream;
  Result<Plan> made = make_plan(plan, snapshot.world());
  if (made && request.order == MaterializeRequest::Order::listed) {
    Status ordered = put_in_listed_order(*made, *plan.selection, snapshot.world());
    if (!ordered) return std::move(ordered).error();
  }
  return made;
}

namespace {

std::string partitions_text(const AssetDef& asset, const PartitionSet& set,
                            const PartitionSpace& space, std::size_t limit) {
  if (!asset.partitions.is_partitioned()) return {};
  return limit == SIZE_MAX ? to_closed_text(set, space) : to_text(set, space, limit);
}

}  // namespace

std::vector<ProblemView> problems_of(const Plan& plan, const Catalog& catalog) {
  return last_good_problems(catalog, [&](std::string_view plugin) {
    return std::any_of(plan.assets.begin(), plan.assets.end(),
                       [&](const PlannedAsset& asset) { return asset.def.plugin == plugin; });
  });
}

PlanView to_view(const Plan& plan, Snapshot& snapshot, std::size_t limit) {
  PlanView view;
  view.as_of = snapshot.now();
  view.generation = plan.generation;
  view.checks_only = plan.checks_only;
  view.problems = problems_of(plan, snapshot.catalog());
  for (const PlannedAsset& asset : plan.assets) {
    for (const PlannedReason& reason : asset.reasons) {
      view.tasks.push_back({asset.def.key,
                            partitions_text(asset.def, reason.partitions, *asset.space, limit),
                            reason.text, reason.partitions.count(), reason.conditional});
    }
  }
  for (const BlockedPartitions& blocked : plan.blocked) {
    const AssetDef& asset = *snapshot.catalog().asset(blocked.asset);
    const Result<SpacePtr> space = snapshot.space(asset);
    if (!space) continue;
    view.blocked.push_back({blocked.asset,
                            partitions_text(asset, blocked.partitions, **space, limit),
                            blocked.reason, blocked.partitions.count()});
  }
  return view;
}

Json to_plan_json(const PlanView& view) {
  Json plan = Json::array();
  const auto add = [&](const PlanTaskView& task, bool blocked) {
    Json one = Json::object()
                   .set("asset", task.asset)
                   .set("partitions", task.partitions)
                   .set("count", task.count)
                   .set("reason", task.reason);
    if (blocked) one.set("blocked", true);
    if (task.conditional) one.set("conditional", true);
    plan.push(std::move(one));
  };
  for (const PlanTaskView& task : view.tasks) add(task, false);
  for (const PlanTaskView& task : view.blocked) add(task, true);
  return plan;
}

double estimated_seconds(const Plan& plan, const Settings& settings, int jobs, Store& store) {
  double seconds = 0;
  for (const PlannedAsset& asset : plan.assets) {
    const Result<double> typical = store.typical_seconds(asset.def.key);
    if (typical) seconds += *typical * static_cast<double>(asset.targets.count());
  }
  return seconds / jobs_of(settings, jobs);
}

int jobs_of(const Settings& settings, int jobs) {
  if (jobs > 0) return jobs;
  return settings.jobs > 0 ? settings.jobs : available_cpus();
}

}  // namespace partita
