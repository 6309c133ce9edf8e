#include <fmt/format.h>

#include "base/text.hpp"
#include "plan/check_plan.hpp"
#include "service/project_state.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

// Told once, however often the plan is made.
void tell_left_out(const CheckPlan& made, RunListener& listener) {
  if (made.not_materialized == 0) return;
  listener.noticed(fmt::format("{} left out: not materialized",
                               count_of(made.not_materialized, "selected partition")));
}

}  // namespace

Result<MaterializeView> Project::run_checks(const CheckRequest& request,
                                            const MaterializeRequest& how, RunListener& listener) {
  auto selection = parse_selection(request.selection);
  if (!selection) return std::move(selection).error();
  Snapshot snapshot = state_->snapshot();
  bool told = false;
  const auto plan = [&](Snapshot& world, const PartitionsByAsset&) -> Result<Plan> {
    Result<CheckPlan> made = make_check_plan(**selection, request.checks, world.world());
    if (!made) return std::move(made).error();
    if (!std::exchange(told, true)) tell_left_out(*made, listener);
    if (how.order == MaterializeRequest::Order::listed) {
      Status ordered = put_in_listed_order(made->plan, **selection, world.world());
      if (!ordered) return std::move(ordered).error();
    }
    return std::move(made->plan);
  };
  return state_->materialize(snapshot, {request.selection, plan, 0}, how, listener);
}

}  // namespace partita
