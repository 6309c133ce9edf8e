// Mappings by functions that keep their word.
#include <partita/plugin.hpp>

#include <string>

namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kFirst = 1'704'067'200;  // 2024-01-01
constexpr int kDays[] = {28, 28, 35};           // a quarter of four, four and five weeks

void nothing(partita::Run&) {}

void days_of_period(std::string_view period, partita::Keys& days) {
  std::int64_t start = kFirst;
  for (int i = 0; i < period[1] - '1'; ++i) start += kDays[i] * kDay;
  for (int day = 0; day < kDays[period[1] - '1']; ++day) {
    days.add(partita::date(start + day * kDay));
  }
}

void period_of_day(const partita::PartitionKey& day, partita::Keys& periods) {
  std::int64_t end = kFirst;
  for (int i = 0; i < 3; ++i) {
    end += kDays[i] * kDay;
    if (day.window().start < end) return (void)periods.add("P" + std::string(1, char('1' + i)));
  }
}

void count_input(partita::Run& run) {
  run.metadata("days", static_cast<std::int64_t>(run.input("orders").size()));
}

}  // namespace

PARTITA_PLUGIN(fiscal, defs) {
  defs.asset("orders").daily("2024-01-01", "2024-04-01") = nothing;
  defs.asset("period_report")
      .keys({"P1", "P2", "P3"})
      .from("orders", partita::map_by("fiscal_period", days_of_period).inverse(period_of_day)) =
      count_input;
  // The opposite season, region by region.
  defs.asset("sales")
      .by("region", partita::keys({"north", "south"}))
      .by("season", partita::keys({"summer", "winter"})) = nothing;
  const std::string other[] = {"south", "north"};
  defs.asset("mirror")
      .by("region", partita::keys({"north", "south"}))
      .by("season", partita::keys({"summer", "winter"}))
      .from("sales", partita::map_by("antipode", [other](const partita::PartitionKey& cell,
                                                         partita::Keys& sales) {
              sales.add(partita::product_key({{"season", std::string(cell.key("season"))},
                                              {"region", other[cell.key("region") == "south"]}}));
            })) = nothing;
  // A day more than there is.
  defs.asset("lead")
      .daily("2024-01-01", "2024-04-01")
      .from("orders",
            partita::map_by("next_day", [](const partita::PartitionKey& day, partita::Keys& days) {
              days.add(partita::date(day.window().end));
            })) = nothing;
  defs.asset("tariffs").monthly("2024-01-01", "2024-04-01") = nothing;
  defs.asset("bills")
      .daily("2024-01-01", "2024-04-01")
      .from("tariffs", partita::time_window_latest()) = nothing;
}
