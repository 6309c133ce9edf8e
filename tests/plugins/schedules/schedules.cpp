// One asset on one schedule or another, whose partitions have the same keys.
#include <partita/plugin.hpp>

#include <filesystem>
#include <fstream>

#include "wait_for_release.hpp"

#ifdef DAILY
constexpr const char* kSchedule = "day";
#elif defined(ZONED)
constexpr const char* kSchedule = "month there";
#else
constexpr const char* kSchedule = "month";
#endif

PARTITA_PLUGIN(schedules, defs) {
#ifdef DAILY
  const auto schedule = partita::daily("2024-01-01").until("2024-07-01");
#elif defined(ZONED)
  const auto schedule = partita::monthly("2024-01-01").until("2024-07-01").in("America/New_York");
#else
  const auto schedule = partita::monthly("2024-01-01").until("2024-07-01");
#endif
  defs.asset("sales").partitioned_by(schedule) = [](partita::Run& run) {
    if (std::filesystem::exists("broken")) run.fail("told to");
    if (std::filesystem::exists("hold")) {
      std::ofstream("started") << "x";
      wait_for_release(run);
    }
    std::ofstream(run.output_dir() + "/content.txt") << kSchedule << ' ' << run.partition();
  };
}
