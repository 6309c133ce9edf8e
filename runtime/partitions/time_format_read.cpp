// The other half of TimeFormat: reading a text back.
#include <algorithm>
#include <array>
#include <span>

#include "partitions/calendar_names.hpp"
#include "partitions/time_format.hpp"

namespace partita {
namespace {

int width_of(char conversion) {
  switch (conversion) {
    case 'Y':
    case 'G':
      return 4;
    case 'j':
      return 3;
    case 'f':
      return 6;
    case 'u':
    case 'w':
      return 1;
    default:
      return 2;
  }
}

// What a text says, field by field; -1 where it does not.
struct Fields {
  std::array<int, 'z' - 'A' + 1> values;
  Fields() { values.fill(-1); }
  int& operator[](char conversion) { return values[static_cast<std::size_t>(conversion - 'A')]; }
  int get(char conversion, int otherwise) const {
    const int value = values[static_cast<std::size_t>(conversion - 'A')];
    return value < 0 ? otherwise : value;
  }
  bool has(char conversion) const { return get(conversion, -1) >= 0; }
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool literal(std::string_view wanted) {
    if (!text_.starts_with(wanted)) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  bool number(int width, int& value) {
    const auto size = static_cast<std::size_t>(width);
    if (text_.size() < size) return false;
    int read = 0;
    for (const char c : text_.substr(0, size)) {
      if (c < '0' || c > '9') return false;
      read = read * 10 + (c - '0');
    }
    value = read;
    text_.remove_prefix(size);
    return true;
  }
  bool name(std::span<const std::string_view> names, std::size_t cut, int& value) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!literal(names[i].substr(0, cut))) continue;
      value = static_cast<int>(i);
      return true;
    }
    return false;
  }
  bool offset(std::optional<std::int64_t>& value) {
    const int sign = literal("-") ? -1 : literal("+") ? 1 : 0;
    int hours = 0, minutes = 0, seconds = 0;
    if (sign == 0 || !number(2, hours) || !number(2, minutes)) return false;
    number(2, seconds);
    value = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
  }

 private:
  std::string_view text_;
};

bool read_field(Reader& in, char conversion, Fields& fields, std::optional<std::int64_t>& offset) {
  constexpr std::size_t kWhole = std::string_view::npos;
  constexpr std::string_view kHalves[] = {"AM", "PM"};
  switch (conversion) {
    case 'z':
      return in.offset(offset);
    case 'p':
      return in.name(kHalves, kWhole, fields['p']);
    case 'B':
      return in.name(kMonthNames, kWhole, fields['b']);
    case 'b':
      return in.name(kMonthNames, 3, fields['b']);
    case 'A':
      return in.name(kWeekdayNames, kWhole, fields['w']);
    case 'a':
      return in.name(kWeekdayNames, 3, fields['w']);
    default:
      return in.number(width_of(conversion), fields[conversion]);
  }
}

// POSIX: two digits from 69 on are of the last century.
std::optional<int> year_of(const Fields& fields) {
  if (fields.has('Y')) return fields.get('Y', 0);
  if (!fields.has('y')) return std::nullopt;
  return fields.get('y', 0) + (fields.get('y', 0) < 69 ? 2000 : 1900);
}

// 0 Sunday, or -1.
int weekday_field(const Fields& fields) {
  return fields.has('u') ? fields.get('u', 0) % 7 : fields.get('w', -1);
}

// The first day of a week, or that of its days which is named; of week 0 never one of another year.
std::int64_t day_of_week(const Fields& fields, int year, char conversion) {
  const int first_weekday = conversion == 'U' ? 0 : 1;
  const std::int64_t january = day_number({year, 1, 1});
  const int to_first = (first_weekday - weekday_of(january) + 7) % 7;
  const int days = (fields.get(conversion, 0) - 1) * 7;
  const std::int64_t start = january + to_first + days;
  const int weekday = weekday_field(fields);
  if (weekday < 0) return std::max(start, january);
  return start + (weekday - first_weekday + 7) % 7;
}

std::int64_t day_of_iso_week(const Fields& fields) {
  const std::int64_t fourth = day_number({fields.get('G', 0), 1, 4});
  const int days = (fields.get('V', 1) - 1) * 7;
  const std::int64_t monday = fourth - iso_weekday(fourth) + 1 + days;
  const int weekday = weekday_field(fields);
  return weekday < 0 ? monday : monday + (weekday + 6) % 7;
}

// What says the day comes before what says its week, and that before what says its month.
std::optional<std::int64_t> day_of(const Fields& fields) {
  const std::optional<int> year = year_of(fields);
  const bool iso_week = fields.has('G') && fields.has('V');
  const bool has_month = fields.has('b') || fields.has('m');
  const bool has_date = year && has_month && fields.has('d');
  if (year && fields.has('j')) return day_number({*year, 1, 1}) + fields.get('j', 1) - 1;
  if (!has_date && iso_week) return day_of_iso_week(fields);
  if (!year) return std::nullopt;
  if (!has_date && fields.has('U')) return day_of_week(fields, *year, 'U');
  if (!has_date && fields.has('W')) return day_of_week(fields, *year, 'W');
  const int month = fields.has('b') ? fields.get('b', 0) + 1 : fields.get('m', 1);
  const int day = fields.get('d', 1);
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(*year, month)) return std::nullopt;
  return day_number({*year, month, day});
}

std::optional<int> second_of_day(const Fields& fields) {
  int hour = fields.get('H', 0);
  if (!fields.has('H') && fields.has('I')) {
    if (fields.get('I', 0) < 1 || fields.get('I', 0) > 12) return std::nullopt;
    hour = fields.get('I', 0) % 12 + 12 * fields.get('p', 0);
  }
  const int minute = fields.get('M', 0);
  const int second = fields.get('S', 0);
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return hour * 3600 + minute * 60 + second;
}

}  // namespace

std::optional<TimeFormat::Reading> TimeFormat::read(std::string_view text) const {
  Reader in(text);
  Fields fields;
  Reading reading;
  for (const Piece& piece : pieces_) {
    const bool fits = piece.conversion == 0
                          ? in.literal(piece.literal)
                          : read_field(in, piece.conversion, fields, reading.offset);
    if (!fits) return std::nullopt;
  }
  if (!in.done() && (reading.offset || !in.offset(reading.offset) || !in.done())) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> day = day_of(fields);
  const std::optional<int> second = second_of_day(fields);
  if (!day || !second) return std::nullopt;
  reading.local = *day * kDaySeconds + *second;
  return reading;
}

}  // namespace partita
