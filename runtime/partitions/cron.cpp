#include "partitions/cron.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "partitions/civil.hpp"
#include "partitions/key.hpp"

namespace partita {
namespace {

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"@hourly", "0 * * * *"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"}, {"@monthly", "0 0 1 * *"},  {"@quarterly", "0 0 1 1,4,7,10 *"},
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};
constexpr std::string_view kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kWeekdays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct FieldKind {
  std::string_view name;
  int min;
  int max;
  int cycle;  // 8 weekdays can be written, 7 there are
  std::span<const std::string_view> names;
};
constexpr FieldKind kFields[] = {
    {"minute", 0, 59, 60, {}},           {"hour", 0, 23, 24, {}},
    {"day of month", 1, 31, 31, {}},     {"month", 1, 12, 12, kMonths},
    {"day of week", 0, 7, 7, kWeekdays},
};
constexpr int kDayField = 2;
constexpr int kWeekdayField = 4;

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Word {
  std::string_view text;
  std::size_t column;  // 1-based
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t", at)) != text.npos) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.push_back({text.substr(at, end - at), at + 1});
    at = end;
  }
  return words;
}

std::string_view without_alias(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (const auto& [alias, schedule] : kAliases) {
    if (lower == alias) return schedule;
  }
  return text;
}

CronDay cron_day(std::int64_t number) {
  const CivilDate date = civil_date(number);
  const int length = days_in_month(date.year, date.month);
  return {date.month, date.day, weekday_of(number), date.day == length, date.day + 7 > length};
}

// Weekdays and leap days together repeat within 400 years.
bool ever_matches(const CronSchedule& schedule) {
  const std::int64_t first = day_number({2000, 1, 1});
  for (std::int64_t day = first; day < first + 146097; ++day) {
    if (schedule.matches_day(cron_day(day))) return true;
  }
  return false;
}

}  // namespace

// Reads one schedule, field by field, from left to right.
class CronParser {
 public:
  explicit CronParser(std::string_view text) : whole_(text) {}

  Result<CronSchedule> parse() {
    const std::vector<Word> words = words_of(whole_);
    if (words.size() != std::size(kFields)) {
      return fail(words.size() < std::size(kFields) ? whole_.size() + 1 : words[5].column,
                  fmt::format("want five fields, not {}", words.size()));
    }
    for (field_ = 0; field_ < std::ssize(kFields); ++field_) {
      values_.reset();
      star_ = false;
      if (Status status = parse_field(words[static_cast<std::size_t>(field_)]); !status) {
        return status.error();
      }
      store_field();
    }
    settle_days(words[kDayField].text, words[kWeekdayField].text);
    return schedule_;
  }

 private:
  const FieldKind& kind() const { return kFields[field_]; }

  // `column` in bytes; the message has it in characters.
  Error fail(std::size_t column, std::string_view why) const {
    return usage_error(fmt::format("refuse cron schedule `{}`: column {}: {}",
                                   printable_key(whole_),
                                   characters_in(whole_.substr(0, column - 1)) + 1, why));
  }
  Error fail_here(std::string_view why) const {
    return fail(base_ + at_, fmt::format("{}: {}", kind().name, why));
  }

  Status parse_field(Word word) {
    text_ = word.text;
    base_ = word.column;
    at_ = 0;
    do {
      if (Status status = parse_element(); !status) return status;
    } while (take(','));
    if (at_ == text_.size()) return {};
    return fail_here(
        fmt::format("unexpected `{}`", printable_key(first_character(text_.substr(at_)))));
  }

  Status parse_element() {
    const bool is_day = field_ == kDayField || field_ == kWeekdayField;
    if (take('*')) return parse_star();
    if (is_day && take('?')) return parse_star();
    if (is_day && take('L')) return parse_last();
    const std::size_t start = at_;
    const auto low = number();
    if (!low) return low.error();
    if (field_ == kWeekdayField && take('#')) return parse_nth(*low);
    int high = *low;
    if (take('-')) {
      const auto end = number();
      if (!end) return end.error();
      high = *end;
      if (high == *low) {
        at_ = start;
        return fail_here("the ends of the range are the same");
      }
    } else if (peek() == '/') {
      high = kind().max;
    }
    return add_range(*low, high);
  }

  Status parse_star() {
    if (peek() != '/') star_ = true;
    return add_range(kind().min, kind().min + kind().cycle - 1);
  }

  Status parse_last() {
    if (field_ == kDayField) {
      schedule_.last_day_ = true;
      return {};
    }
    const auto weekday = number();
    if (!weekday) return weekday.error();
    schedule_.nth_weekdays_[static_cast<std::size_t>(*weekday % 7)].set(0);
    return {};
  }

  Status parse_nth(int weekday) {
    if (peek() < '1' || peek() > '5') return fail_here("want 1 to 5 after `#`");
    schedule_.nth_weekdays_[static_cast<std::size_t>(weekday % 7)].set(
        static_cast<std::size_t>(peek() - '0'));
    ++at_;
    return {};
  }

  // Adds low, low + step, ... up to high, around the end where high is the smaller.
  Status add_range(int low, int high) {
    const auto step = parse_step();
    if (!step) return step.error();
    if (high < low) high += kind().cycle;
    for (int value = low; value <= high; value += *step) {
      const int wrapped = kind().min + (value - kind().min) % kind().cycle;
      values_.set(static_cast<std::size_t>(wrapped));
    }
    return {};
  }

  Result<int> parse_step() {
    if (!take('/')) return 1;
    const std::size_t start = at_;
    const auto step = digits();
    if (step && *step > 0) return *step;
    at_ = start;
    return fail_here("want a step of at least 1 after `/`");
  }

  Result<int> number() {
    const std::size_t start = at_;
    std::optional<int> value = digits();
    if (!value) value = name();
    if (value && *value >= kind().min && *value <= kind().max) return *value;
    at_ = start;
    return fail_here(fmt::format("want {} to {}{}", kind().min, kind().max,
                                 kind().names.empty() ? "" : " or a name"));
  }

  std::optional<int> digits() {
    int value = 0;
    const std::size_t start = at_;
    while (is_digit(peek()) && at_ - start < 4) value = value * 10 + (text_[at_++] - '0');
    return at_ == start ? std::nullopt : std::optional<int>(value);
  }

  std::optional<int> name() {
    std::string word;
    for (const char c : text_.substr(at_, 3)) word += upper(c);
    for (std::size_t i = 0; i < kind().names.size(); ++i) {
      if (kind().names[i] != word) continue;
      at_ += word.size();
      return kind().min + static_cast<int>(i);
    }
    return std::nullopt;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (upper(peek()) != c) return false;
    ++at_;
    return true;
  }

  void store_field() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (!values_[i]) continue;
      if (field_ == 0) schedule_.minutes_.set(i);
      if (field_ == 1) schedule_.hours_.set(i);
      if (field_ == kDayField) schedule_.days_.set(i);
      if (field_ == 3) schedule_.months_.set(i);
      if (field_ == kWeekdayField) schedule_.weekdays_.set(i);
    }
    if (field_ == kDayField) schedule_.any_day_ = star_;
    if (field_ == kWeekdayField) schedule_.any_weekday_ = star_;
  }

  // A day field that lists all its values restricts nothing beside another that has a star.
  void settle_days(std::string_view days, std::string_view weekdays) {
    const bool all_days = schedule_.days_.count() == 31;
    if (all_days && weekdays.find('*') != weekdays.npos) schedule_.any_day_ = true;
    if (schedule_.weekdays_.all() && days.find('*') != days.npos) schedule_.any_weekday_ = true;
  }

  std::string_view whole_;
  CronSchedule schedule_;
  std::ptrdiff_t field_ = 0;
  std::string_view text_;  // of the field
  std::size_t base_ = 0;   // its column
  std::size_t at_ = 0;
  std::bitset<64> values_;
  bool star_ = false;
};

Result<CronSchedule> CronSchedule::parse(std::string_view text) {
  auto schedule = CronParser(without_alias(text)).parse();
  if (!schedule || ever_matches(*schedule)) return schedule;
  return usage_error(
      fmt::format("refuse cron schedule `{}`: no day of any year matches", printable_key(text)));
}

int CronSchedule::first_minute() const {
  int minute = 0;
  while (!minutes_[static_cast<std::size_t>(minute)]) ++minute;
  return minute;
}

int CronSchedule::first_hour() const {
  int hour = 0;
  while (!hours_[static_cast<std::size_t>(hour)]) ++hour;
  return hour;
}

bool CronSchedule::matches_day_of_month(const CronDay& day) const {
  return days_[static_cast<std::size_t>(day.day)] || (last_day_ && day.last_of_month);
}

bool CronSchedule::matches_weekday(const CronDay& day) const {
  const auto weekday = static_cast<std::size_t>(day.weekday);
  const auto nth = (static_cast<std::size_t>(day.day) - 1) / 7 + 1;
  return weekdays_[weekday] || nth_weekdays_[weekday][nth] ||
         (day.last_of_its_weekday && nth_weekdays_[weekday][0]);
}

bool CronSchedule::matches_day(const CronDay& day) const {
  if (!months_[static_cast<std::size_t>(day.month)]) return false;
  if (any_day_) return any_weekday_ || matches_weekday(day);
  if (any_weekday_) return matches_day_of_month(day);
  return matches_day_of_month(day) || matches_weekday(day);
}

}  // namespace partita
