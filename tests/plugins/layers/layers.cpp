// A million partitions in five layers with a mapping between each two, for the benchmarks.
#include <partita/plugin.hpp>

#include <string>
#include <vector>

namespace {

std::vector<std::string> regions() {
  std::vector<std::string> keys;
  for (int i = 100; i < 220; ++i) keys.push_back("region-" + std::to_string(i));
  return keys;
}

partita::Dimension minutes() {
  return partita::cron("* * * * *", "2024-01-01").until("2024-05-19T00:00");
}
partita::Dimension hours() {
  return partita::hourly("2024-01-01").until("2024-05-19T00:00");
}

}  // namespace

PARTITA_PLUGIN(layers, defs) {
  defs.asset("ticks").partitioned_by(minutes()) = [](partita::Run&) {};
  defs.asset("clean").partitioned_by(minutes()).from("ticks") = [](partita::Run&) {};
  defs.asset("smooth").partitioned_by(minutes()).from(
      "clean", partita::time_window(-5, 0)) = [](partita::Run&) {};
  defs.asset("hourly").partitioned_by(hours()).from("smooth") = [](partita::Run&) {};
  defs.asset("by_region")
      .by("hour", hours())
      .by("region", partita::keys(regions()))
      .from("hourly") = [](partita::Run&) {};
}
