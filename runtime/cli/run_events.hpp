// RunEvents: the news of a run as lines of JSON, for programs that follow it; `--jsonl`.
//
// Passes everything on to the listener behind it. One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "service/project.hpp"

namespace partita {

class RunEvents final : public RunListener {
 public:
  // Borrows `behind`. `write` is given whole lines; `flush` is called where somebody may wait.
  struct Sink {
    std::function<void(std::string_view lines)> write;
    std::function<void()> flush;
  };
  RunEvents(RunListener& behind, Sink sink) : behind_(behind), sink_(std::move(sink)) {}

  void waiting_for(std::int64_t run, std::int64_t pid) override;
  void planned(std::int64_t run, const PlanView& plan, double eta_seconds) override;
  void started(const Partition& partition) override;
  void progressed(const Partition& partition, double fraction, std::string_view text) override;
  void printed(const Partition& partition, std::string_view line) override;
  void finished(const Partition& partition, const AttemptView& attempt) override;
  void retrying(const Partition& partition, const AttemptView& attempt,
                double after_seconds) override;
  void ended(const Partition& batch) override { behind_.ended(batch); }
  void noticed(std::string_view text) override;
  void tick() override;

  void ended(const MaterializeView& view);

 private:
  void tell(std::string_view event, const Json& fields);

  RunListener& behind_;
  Sink sink_;
};

// The event `printed`, with its newline.
std::string printed_event(const RunListener::Partition& partition, std::string_view line);

}  // namespace partita
