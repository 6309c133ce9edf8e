#include "service/views.hpp"

#include <fmt/format.h>

namespace partita {

const char* to_text(DisplayStatus status) {
  switch (status) {
    case DisplayStatus::running:
      return "running";
    case DisplayStatus::queued:
      return "queued";
    case DisplayStatus::failed:
      return "failed";
    case DisplayStatus::materialized:
      return "materialized";
    case DisplayStatus::upstream_failed:
      return "upstream_failed";
    case DisplayStatus::skipped:
      return "skipped";
    case DisplayStatus::cancelled:
      return "cancelled";
    case DisplayStatus::missing:
      return "missing";
    case DisplayStatus::passed:
      return "passed";
  }
  return "missing";
}

Result<DisplayStatus> parse_display_status(std::string_view text) {
  std::string known;
  for (const DisplayStatus status : kAllStatuses) {
    if (text == to_text(status)) return status;
    known += known.empty() ? "" : ", ";
    known += to_text(status);
  }
  return usage_error(fmt::format("read status `{}`: there is none of that name", text),
                     "the statuses are " + known);
}

bool ReloadView::is_change() const {
  return !added.empty() || !removed.empty() || !changed.empty();
}

bool ReloadView::failed() const {
  for (const ProblemView& problem : problems) {
    if (!problem.warning) return true;
  }
  return false;
}

std::int64_t PlanView::count() const {
  std::int64_t total = 0;
  for (const PlanTaskView& task : tasks) total += task.count;
  return total;
}

std::int64_t PlanView::conditional_count() const {
  std::int64_t total = 0;
  for (const PlanTaskView& task : tasks) total += task.conditional ? task.count : 0;
  return total;
}

}  // namespace partita
