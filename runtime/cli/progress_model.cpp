#include "cli/progress_model.hpp"

#include <algorithm>
#include <tuple>

#include "cli/display_text.hpp"

namespace partita {
namespace {

// Before this has passed, a rate says more about the start than about the run.
constexpr double kMeaningfulSeconds = 0.5;

double seconds_between(Micros from, Micros to) {
  return static_cast<double>(to - from) / 1e6;
}

}  // namespace

void ProgressModel::plan(std::int64_t run, std::int64_t total, double eta_seconds, Micros now) {
  run_ = run;
  total_ = total;
  expected_seconds_ = eta_seconds;
  began_ = now;
}

void ProgressModel::start(std::int64_t task, std::string name, Micros now) {
  running_[task] = {std::move(name), now, -1, {}};
}

void ProgressModel::progress(std::int64_t task, double fraction, std::string_view text) {
  const auto found = running_.find(task);
  if (found == running_.end()) return;
  found->second.fraction = std::min(fraction, 1.0);
  if (!text.empty()) found->second.last_line = printable_line(text);
}

void ProgressModel::print(std::int64_t task, std::string_view line) {
  const auto found = running_.find(task);
  if (found == running_.end()) return;
  if (std::string shown = printable_line(line); !shown.empty())
    found->second.last_line = std::move(shown);
}

void ProgressModel::finish(std::int64_t task, DisplayStatus status) {
  running_.erase(task);
  ++counts_[status];
  const bool attempted = status == DisplayStatus::materialized || status == DisplayStatus::failed ||
                         status == DisplayStatus::skipped;
  if (attempted) ++attempted_;
}

std::int64_t ProgressModel::done() const {
  std::int64_t sum = 0;
  for (const auto& [status, count] : counts_) sum += count;
  return std::min(sum, total_);
}

std::int64_t ProgressModel::count(DisplayStatus status) const {
  const auto found = counts_.find(status);
  return found != counts_.end() ? found->second : 0;
}

double ProgressModel::rate(Micros now) const {
  const double elapsed = seconds_between(began_, now);
  if (attempted_ == 0 || elapsed < kMeaningfulSeconds) return 0;
  return static_cast<double>(attempted_) / elapsed;
}

std::optional<double> ProgressModel::seconds_left(Micros now) const {
  if (total_ == 0) return std::nullopt;
  const double share = static_cast<double>(done()) / static_cast<double>(total_);
  const double speed = rate(now);
  const double measured = speed > 0 ? static_cast<double>(total_ - done()) / speed : 0;
  const double expected = expected_seconds_ - seconds_between(began_, now);
  if (expected <= 0) return speed > 0 ? std::optional(measured) : std::nullopt;
  return speed > 0 ? share * measured + (1 - share) * expected : expected;
}

bool ProgressModel::is_overdue(Micros now) const {
  return expected_seconds_ > 0 && seconds_between(began_, now) >= expected_seconds_;
}

std::vector<const ProgressModel::Running*> ProgressModel::oldest(std::size_t limit, Micros age,
                                                                 Micros now) const {
  std::vector<const Running*> found;
  for (const auto& [task, running] : running_) {
    if (now - running.started >= age) found.push_back(&running);
  }
  std::sort(found.begin(), found.end(), [](const Running* a, const Running* b) {
    return std::tie(a->started, a->name) < std::tie(b->started, b->name);
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace partita
