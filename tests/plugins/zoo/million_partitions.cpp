// Some of its assets have more partitions than can be listed, one more keys than may be.
#include <partita/plugin.hpp>

#include <string>
#include <vector>

static std::vector<std::string> numbers(int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(std::to_string(i));
  return keys;
}

PARTITA_PLUGIN(million_partitions, defs) {
  const auto nothing = [](partita::Run&) {};
  defs.asset("minutes").partitioned_by(
      partita::cron("* * * * *", "1900-01-01").until("2400-01-01")) = nothing;
  defs.asset("numbers").keys(numbers(1'000'000)) = nothing;
  defs.asset("more_numbers").keys(numbers(1'000'001)) = nothing;
  defs.asset("pairs")
      .by("left", partita::keys(numbers(30'000)))
      .by("right", partita::keys(numbers(30'000))) = nothing;
}
