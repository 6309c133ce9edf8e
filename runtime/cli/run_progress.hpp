// RunProgress: hears the news of a run, keeps the model and the digest of failures, and has a
// printer show them. One thread.
#pragma once

#include <atomic>
#include <memory>

#include "base/clock.hpp"
#include "cli/failure_digest.hpp"
#include "cli/progress_printer.hpp"
#include "service/project.hpp"

namespace partita {

struct RunProgressOptions {
  Look look;                                     // of the lines that stay
  bool verbose = false;                          // what partitions print stays too
  const Clock* clock = nullptr;                  // borrowed
  const std::atomic<int>* interrupts = nullptr;  // borrowed; may be null
};

class RunProgress final : public RunListener {
 public:
  RunProgress(std::unique_ptr<ProgressPrinter> printer, const RunProgressOptions& options)
      : printer_(std::move(printer)), options_(options) {}

  void waiting_for(std::int64_t run, std::int64_t pid) override;
  void planned(std::int64_t run, const PlanView& plan, double eta_seconds) override;
  void started(const Partition& partition) override;
  void progressed(const Partition& partition, double fraction, std::string_view text) override;
  void printed(const Partition& partition, std::string_view line) override;
  void finished(const Partition& partition, const AttemptView& attempt) override;
  void retrying(const Partition& partition, const AttemptView& attempt,
                double after_seconds) override;
  void ended(const Partition& batch) override { model_.forget(batch.task); }
  void noticed(std::string_view text) override;
  void tick() override;

  // Takes the progress off the screen; the run is over.
  void close() { printer_->close(); }

  const FailureDigest& failures() const { return failures_; }
  std::int64_t held_back() const { return model_.count(DisplayStatus::upstream_failed); }

 private:
  Micros now() const { return options_.clock->monotonic_micros(); }
  void tell_interrupts();
  void tell_failure(const Partition& partition, const AttemptView& attempt);
  void tell_checks(const Partition& partition, const AttemptView& attempt);

  std::unique_ptr<ProgressPrinter> printer_;
  RunProgressOptions options_;
  ProgressModel model_;
  FailureDigest failures_;
  std::int64_t checks_told_ = 0;
  std::int64_t retries_told_ = 0;
  std::int64_t waiting_for_ = 0;
  int interrupts_told_ = 0;
};

}  // namespace partita
