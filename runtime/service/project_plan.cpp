#include <fmt/format.h>

#include "service/plan_file.hpp"
#include "service/plan_moves.hpp"
#include "service/project_state.hpp"
#include "service/run_options.hpp"
#include "service/work.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostMovesTold = 20;

Error has_moved(const PlanFile& frozen, std::vector<std::string> moved) {
  const std::size_t more = moved.size() > kMostMovesTold ? moved.size() - kMostMovesTold : 0;
  moved.resize(moved.size() - more);
  std::string message = fmt::format("apply plan {}: what it rests on has moved", frozen.id);
  for (const std::string& line : moved) message += "\n  " + line;
  if (more > 0) message += fmt::format("\n  and {} more", more);
  return {ErrorCode::plan_moved, message, {}};
}

// The plan of today, if it is the one that was frozen.
Result<Plan> unmoved(const PlanFile& frozen, const Settings& settings, Snapshot& snapshot,
                     Store& store) {
  Result<Plan> plan = plan_of(frozen.request, snapshot);
  if (!plan)
    return Error{ErrorCode::plan_moved,
                 fmt::format("apply plan {}: {}", frozen.id, plan.error().message),
                 plan.error().hint};
  Result<std::vector<std::string>> moved = moved_since(frozen, *plan, settings, snapshot, store);
  if (!moved) return std::move(moved).error();
  if (!moved->empty()) return has_moved(frozen, *std::move(moved));
  return plan;
}

}  // namespace

Result<PlanView> Project::plan(const MaterializeRequest& request) {
  Result<FrozenPlan> frozen = freeze(request);
  if (!frozen) return std::move(frozen).error();
  return std::move(frozen->view);
}

Result<FrozenPlan> Project::freeze(const MaterializeRequest& request) {
  Snapshot snapshot = state_->snapshot();
  Result<Plan> plan = plan_of(request, snapshot);
  if (!plan) return std::move(plan).error();
  const PlanFile file = plan_file_of(*plan, request, snapshot);
  FrozenPlan frozen;
  PlanView& view = frozen.view;
  view.id = file.id;
  view.as_of = file.as_of;
  view.generation = file.generation;
  view.tasks = file.tasks;
  view.blocked = file.blocked;
  view.eta_seconds = estimated_seconds(*plan, state_->settings, request.jobs, *state_->store);
  view.problems = problems_of(*plan, *state_->catalog);
  frozen.text = to_json(file).pretty() + "\n";
  return frozen;
}

Result<MaterializeView> Project::apply(std::string_view plan, const MaterializeRequest& how,
                                       RunListener& listener) {
  Result<PlanFile> frozen = read_plan_file(plan);
  if (!frozen) return std::move(frozen).error();
  Snapshot snapshot(state_->catalog, *state_->store, *state_->functions, frozen->as_of,
                    state_->settings.config);
  Work work{fmt::format("{} (plan {})", frozen->request.selection, frozen->id),
            [&](Snapshot& world, const PartitionsByAsset&) {
              return unmoved(*frozen, state_->settings, world, *state_->store);
            },
            0, options_of(frozen->request, state_->config_options)};
  frozen->request.order = how.order;
  return state_->materialize(state_->settings, snapshot, std::move(work), how, listener);
}

}  // namespace partita
