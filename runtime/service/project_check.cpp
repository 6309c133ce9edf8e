#include <fmt/format.h>

#include "base/text.hpp"
#include "plan/check_plan.hpp"
#include "service/project_state.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

Result<CheckPlanRequest> plan_request_of(const CheckRequest& request) {
  CheckPlanRequest plan;
  auto selection = parse_selection(request.selection);
  if (!selection) return std::move(selection).error();
  plan.selection = *std::move(selection);
  auto partitions = partition_option(request.partition, request.partition_range);
  if (!partitions) return std::move(partitions).error();
  plan.partitions = *std::move(partitions);
  plan.checks = request.checks;
  plan.missing = request.missing;
  plan.failed = request.failed;
  return plan;
}

// As they are typed.
std::vector<std::string> options_of(const CheckRequest& request) {
  std::vector<std::string> options;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) options.insert(options.end(), {name, value});
  };
  add("--partition", request.partition);
  add("--partition-range", request.partition_range);
  for (const std::string& check : request.checks) add("--only", check);
  if (request.missing) options.emplace_back("--missing");
  if (request.failed) options.emplace_back("--failed");
  return options;
}

// Told once, however often the plan is made.
void tell_left_out(const CheckPlan& made, RunListener& listener) {
  if (made.not_materialized == 0) return;
  listener.noticed(fmt::format("{} left out: not materialized",
                               count_of(made.not_materialized, "selected partition")));
}

}  // namespace

Result<PlanView> Project::plan_checks(const CheckRequest& request) {
  Result<CheckPlanRequest> what = plan_request_of(request);
  if (!what) return std::move(what).error();
  Snapshot snapshot = state_->snapshot();
  Result<CheckPlan> made = make_check_plan(*what, snapshot.world());
  if (!made) return std::move(made).error();
  PlanView view = to_view(made->plan, snapshot, SIZE_MAX);
  view.not_materialized = made->not_materialized;
  return view;
}

Result<MaterializeView> Project::run_checks(const CheckRequest& request,
                                            const MaterializeRequest& how, RunListener& listener) {
  Result<CheckPlanRequest> what = plan_request_of(request);
  if (!what) return std::move(what).error();
  Snapshot snapshot = state_->snapshot();
  bool told = false;
  const auto plan = [&](Snapshot& world, const PartitionsByAsset&) -> Result<Plan> {
    Result<CheckPlan> made = make_check_plan(*what, world.world());
    if (!made) return std::move(made).error();
    if (!std::exchange(told, true)) tell_left_out(*made, listener);
    if (how.order == MaterializeRequest::Order::listed) {
      Status ordered = put_in_listed_order(made->plan, *what->selection, world.world());
      if (!ordered) return std::move(ordered).error();
    }
    return std::move(made->plan);
  };
  return state_->materialize(state_->settings, snapshot,
                             {request.selection, plan, 0, options_of(request)}, how, listener);
}

}  // namespace partita
