// Assets that cost next to nothing, for what a partition costs beyond its own work.
#include <partita/plugin.hpp>

#include <chrono>
#include <cstdlib>

namespace {

const auto kMinutes = partita::cron("* * * * *", "2000-01-01").until("2024-01-01");

void abort_one_in_a_hundred(partita::Run& run) {
  const auto minute = static_cast<unsigned long long>(run.window().start) / 60;
  if (minute * 2654435761U % 100 == 0) std::abort();
}

void work_for_ten_milliseconds(partita::Run&) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(10);
  while (std::chrono::steady_clock::now() < end) {
  }
}

void tell_when(partita::Run& run) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  run.metadata("ended", std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

PARTITA_PLUGIN(trivial, defs) {
  defs.asset("nothing").partitioned_by(kMinutes) = [](partita::Run&) {};
  defs.asset("crashing").partitioned_by(kMinutes) = abort_one_in_a_hundred;
  defs.asset("working").partitioned_by(kMinutes) = work_for_ten_milliseconds;
  defs.asset("named").dynamic("names") = [](partita::Run&) {};
  defs.asset("timed").partitioned_by(kMinutes) = tell_when;
  defs.asset("timed_alone")
      .partitioned_by(kMinutes)
      .from("timed_alone", partita::time_window(-1, -1).allow_missing()) = tell_when;
}
