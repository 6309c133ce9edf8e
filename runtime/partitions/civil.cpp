#include "partitions/civil.hpp"

#include <chrono>

#include "base/clock.hpp"

namespace partita {
namespace {

namespace chr = std::chrono;

chr::year_month_day to_chrono(CivilDate date) {
  return chr::year(date.year) / chr::month(static_cast<unsigned>(date.month)) /
         chr::day(static_cast<unsigned>(date.day));
}

}  // namespace

std::int64_t day_number(CivilDate date) {
  return chr::sys_days(to_chrono(date)).time_since_epoch().count();
}

CivilDate civil_date(std::int64_t day) {
  const chr::year_month_day date{chr::sys_days(chr::days(day))};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

int day_of_year(CivilDate date) {
  return static_cast<int>(day_number(date) - day_number({date.year, 1, 1}));
}

int weekday_of(std::int64_t day) {
  return static_cast<int>(day + 4 - floor_div(day + 4, 7) * 7);
}

LocalSeconds local_seconds(const CivilTime& time) {
  const int second_of_day = time.hour * 3600 + time.minute * 60 + time.second;
  return day_number(time.date) * kDaySeconds + second_of_day;
}

CivilTime civil_time(LocalSeconds local) {
  const std::int64_t day = floor_div(local, kDaySeconds);
  const int second = static_cast<int>(local - day * kDaySeconds);
  return {civil_date(day), second / 3600, second / 60 % 60, second % 60};
}

std::optional<LocalSeconds> parse_local(std::string_view text) {
  if (text.size() > 10 && text.find_first_of("Z+-", 10) != text.npos) return std::nullopt;
  std::string iso(text);
  if (iso.size() > 10 && iso[10] == ' ') iso[10] = 'T';
  const Result<Instant> read = parse_instant(iso);
  return read ? std::optional<LocalSeconds>(*read) : std::nullopt;
}

}  // namespace partita
