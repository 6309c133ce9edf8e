// Assets of ten million partitions each, for the benchmarks: nothing ever runs them.
#include <partita/plugin.hpp>

#include <string>
#include <vector>

namespace {

std::vector<std::string> categories() {
  std::vector<std::string> keys;
  for (int i = 0; i < 20; ++i) keys.push_back("category-" + std::to_string(i));
  return keys;
}

}  // namespace

PARTITA_PLUGIN(many, defs) {
  defs.asset("minutes").partitioned_by(
      partita::cron("* * * * *", "2004-01-01").until("2023-01-05T10:40")) = [](partita::Run&) {};
  defs.asset("minutes_of_berlin")
      .partitioned_by(
          partita::cron("* * * * *", "2004-01-01").until("2023-01-05T10:40").in("Europe/Berlin")) =
      [](partita::Run&) {};
  defs.asset("hours_by_category")
      .by("category", partita::keys(categories()))
      .by("hour", partita::hourly("1967-01-01").until("2024-01-15T08:00")) = [](partita::Run&) {};
  defs.asset("customers").dynamic("customers") = [](partita::Run&) {};
}
