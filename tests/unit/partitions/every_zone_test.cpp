// Every cadence in every zone, from 1850 to 2500: some windows of each century and those around
// changes of the zone's offset, from local mean time to what the rules of today will come to.
#include "partitions/time_space.hpp"

#include <doctest/doctest.h>

#include <random>

#include "zones.hpp"

namespace partita {
namespace {

constexpr Instant k1850 = -3'786'825'600;
constexpr Instant k2500 = 16'725'225'600;

std::vector<TimeDimension> every_cadence(const std::string& zone) {
  std::vector<TimeDimension> dimensions;
  const auto add = [&](Cadence cadence, int minute, int hour, int day) {
    TimeDimension time;
    time.cadence = cadence;
    time.minute_offset = minute;
    time.hour_offset = hour;
    time.day_offset = day;
    time.start = "1850-01-01";
    time.timezone = zone;
    dimensions.push_back(std::move(time));
  };
  add(Cadence::hourly, 0, 0, 0);
  add(Cadence::hourly, 45, 0, 0);
  add(Cadence::daily, 0, 0, 0);
  add(Cadence::daily, 30, 2, 0);
  add(Cadence::weekly, 15, 1, 6);
  add(Cadence::monthly, 0, 0, 31);
  add(Cadence::quarterly, 59, 23, 30);
  add(Cadence::yearly, 0, 3, 29);
  TimeDimension cron = dimensions[0];
  cron.cadence = Cadence::cron;
  cron.cron = "*/20 0-3,23 * * *";
  dimensions.push_back(std::move(cron));
  return dimensions;
}

// Instants from all over the years, half of them close to a change of the offset.
std::vector<Instant> interesting_instants(const std::string& name, std::mt19937_64& random) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  std::uniform_int_distribution<Instant> any(k1850, k2500);
  std::vector<Instant> instants = {k1850, k2500};
  for (int i = 0; i < 6; ++i) {
    instants.push_back(any(random));
    absl::TimeZone::CivilTransition change;
    const absl::Time from = absl::FromUnixSeconds(any(random));
    if (!zone.NextTransition(from, &change)) continue;
    const auto at = zone.At(change.from);
    instants.push_back(absl::ToUnixSeconds(at.trans));
  }
  return instants;
}

// The key of a window is its own, and it begins where the one before ended.
void check_window(const TimeDimensionSpace& space, Index index) {
  const std::string key = space.key_at(index);
  CAPTURE(key);
  REQUIRE(space.index_of(key) == index);
  const Window window = space.any_window_at(index);
  REQUIRE(window.start < window.end);
  REQUIRE(space.any_window_at(index + 1).start == window.end);
  REQUIRE(space.first_starting_at_or_after(window.start) == index);
  REQUIRE(space.first_ending_after(window.end - 1) == index);
  REQUIRE(space.window_of_key(key).value() == window);
  REQUIRE(space.index_of_identity(space.identity_at(index)) == index);
}

std::size_t check_zone(const std::string& zone, std::mt19937_64& random) {
  const std::vector<Instant> instants = interesting_instants(zone, random);
  std::size_t checked = 0;
  for (const TimeDimension& dimension : every_cadence(zone)) {
    const TimeDimensionSpace space(TimeSchedule::compile(dimension).value(), k2500);
    CAPTURE(dimension.cron);
    CAPTURE(static_cast<int>(dimension.cadence));
    REQUIRE(space.any_window_at(0).start >= space.start());
    for (const Instant instant : instants) {
      const Index near = space.first_ending_after(instant);
      for (Index index = std::max<Index>(0, near - 2); index < std::min(near + 3, space.size());
           ++index, ++checked) {
        check_window(space, index);
      }
    }
  }
  return checked;
}

TEST_CASE("every cadence in every zone finds each window by its key, from 1850 to 2500") {
  std::mt19937_64 random(18501231);
  std::size_t checked = 0;
  const auto zones = testing::all_zones();
  for (const std::string& zone : zones) {
    CAPTURE(zone);
    checked += check_zone(zone, random);
  }
  MESSAGE("checked ", checked, " windows in ", zones.size(), " zones");
  CHECK((zones.empty() || checked > zones.size() * 100));
}

}  // namespace
}  // namespace partita
