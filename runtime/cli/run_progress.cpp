#include "cli/run_progress.hpp"

#include <fmt/format.h>

#include <set>

#include "base/text.hpp"
#include "cli/display_text.hpp"
#include "cli/status_text.hpp"

namespace partita {
namespace {

// A run in which everything fails does not scroll everything else away.
constexpr std::int64_t kMostFailuresTold = 20;
constexpr std::size_t kMostBlockedTold = 5;

std::string name_of(const RunListener::Partition& partition) {
  return partition_name(partition.asset, partition.key);
}

std::int64_t total_of(const std::vector<PlanTaskView>& tasks) {
  std::int64_t sum = 0;
  for (const PlanTaskView& task : tasks) sum += task.count;
  return sum;
}

}  // namespace

void RunProgress::waiting_for(std::int64_t run, std::int64_t pid) {
  if (waiting_for_ == run) return;
  waiting_for_ = run;
  printer_->say(fmt::format("waiting for run {} of process {} to end", run, pid));
}

void RunProgress::planned(std::int64_t run, const PlanView& plan, double eta_seconds) {
  const std::int64_t total = total_of(plan.tasks) + total_of(plan.blocked);
  std::set<std::string_view> assets;
  for (const PlanTaskView& task : plan.tasks) assets.insert(task.asset);
  if (run == 0) return;  // there is nothing to do
  model_.plan(run, total, eta_seconds, now());
  printer_->say(fmt::format("run {}: {} of {}", run, count_of(total_of(plan.tasks), "partition"),
                            count_of(static_cast<std::int64_t>(assets.size()), "asset")));
  for (std::size_t i = 0; i < plan.blocked.size() && i < kMostBlockedTold; ++i) {
    const PlanTaskView& blocked = plan.blocked[i];
    const std::string at = blocked.partitions.empty() ? "" : "@" + blocked.partitions;
    printer_->say(fmt::format("{} {}{}: {}", options_.look.paint(Tone::warning, "held back"),
                              blocked.asset, at, blocked.reason));
  }
  printer_->show(model_, now());
}

void RunProgress::started(const Partition& partition) {
  model_.start(partition.task, name_of(partition), now());
}

void RunProgress::progressed(const Partition& partition, double fraction, std::string_view text) {
  model_.progress(partition.task, fraction, text);
}

void RunProgress::printed(const Partition& partition, std::string_view line) {
  model_.print(partition.task, line);
  if (!options_.verbose) return;
  const std::string name = options_.look.paint(Tone::faint, name_of(partition));
  printer_->say(name + "  " + printable_line(line));
}

void RunProgress::finished(const Partition& partition, const AttemptView& attempt) {
  model_.finish(partition.task, attempt.status);
  tell_checks(partition, attempt);
  if (attempt.status != DisplayStatus::failed) return;
  failures_.add(partition.asset, partition.key, attempt);
  tell_failure(partition, attempt);
}

void RunProgress::retrying(const Partition& partition, const AttemptView& attempt,
                           double after_seconds) {
  model_.forget(partition.task);
  if (++retries_told_ > kMostFailuresTold) return;
  const std::string why = attempt.error ? failure_line(*attempt.error) : attempt.reason;
  const std::string when =
      after_seconds > 0 ? "again in " + format_duration(after_seconds) : "again at once";
  printer_->say(
      fmt::format("{} {}: {}", options_.look.paint(Tone::warning, when), name_of(partition), why));
  if (retries_told_ == kMostFailuresTold) printer_->say("further retries are not told");
}

void RunProgress::noticed(std::string_view text) {
  printer_->say(options_.look.paint(Tone::warning, text));
}

void RunProgress::tell_failure(const Partition& partition, const AttemptView& attempt) {
  if (failures_.count() > kMostFailuresTold) return;
  const std::string why = attempt.error ? failure_line(*attempt.error) : attempt.reason;
  const std::string failed = options_.look.paint(Tone::bad, "failed");
  printer_->say(fmt::format("{} {}: {}", failed, name_of(partition), why));
  if (failures_.count() == kMostFailuresTold) printer_->say("further failures are only counted");
}

// A check that fails its partition is told with the failure; the others here.
void RunProgress::tell_checks(const Partition& partition, const AttemptView& attempt) {
  if (attempt.status == DisplayStatus::failed) return;
  for (const CheckResultView& check : attempt.checks) {
    if (check.passed || ++checks_told_ > kMostFailuresTold) continue;
    const std::string why = check.reason.empty() ? "" : ": " + check.reason;
    const Tone tone = check.warning ? Tone::warning : Tone::bad;
    printer_->say(fmt::format("{} {} on {}{}", options_.look.paint(tone, "check not passed"),
                              check.name, name_of(partition), why));
  }
}

void RunProgress::tell_interrupts() {
  const int seen = options_.interrupts != nullptr ? options_.interrupts->load() : 0;
  if (seen == interrupts_told_) return;
  if (interrupts_told_ == 0)
    printer_->say("stopping: running partitions finish; press Ctrl-C again to kill them");
  if (seen > 1) printer_->say("killing what runs");
  interrupts_told_ = seen;
}

void RunProgress::tick() {
  tell_interrupts();
  if (model_.run() == 0) return;  // it waits for another run
  printer_->show(model_, now());
}

}  // namespace partita
