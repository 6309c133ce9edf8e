#include "partitions/time_format.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "partitions/calendar_names.hpp"
#include "partitions/key.hpp"

namespace partita {
namespace {

constexpr std::string_view kConversions = "YymdjHIMSpbBaAGVUWuwfz";

std::string_view shorthand(char conversion) {
  switch (conversion) {
    case 'F':
      return "%Y-%m-%d";
    case 'T':
      return "%H:%M:%S";
    case 'R':
      return "%H:%M";
    case '%':
      return "%%";
    default:
      return {};
  }
}

struct IsoWeek {
  int year;
  int week;
};

// The ISO year of a day is that of its week's Thursday.
IsoWeek iso_week(std::int64_t day) {
  const CivilDate thursday = civil_date(day - iso_weekday(day) + 4);
  return {thursday.year, day_of_year(thursday) / 7 + 1};
}

// Days before the first Sunday (or Monday) of the year are in week 0.
int week_of_year(std::int64_t day, int first_weekday) {
  const int since_first = (weekday_of(day) - first_weekday + 7) % 7;
  return (day_of_year(civil_date(day)) + 7 - since_first) / 7;
}

void append_number(std::string& out, int value, int width) {
  char digits[12];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

void append(std::string& out, char conversion, const CivilTime& at, std::int64_t day) {
  const int hour12 = at.hour % 12 == 0 ? 12 : at.hour % 12;
  switch (conversion) {
    case 'Y':
      return append_number(out, at.date.year, 4);
    case 'y':
      return append_number(out, at.date.year % 100, 2);
    case 'm':
      return append_number(out, at.date.month, 2);
    case 'd':
      return append_number(out, at.date.day, 2);
    case 'j':
      return append_number(out, day_of_year(at.date) + 1, 3);
    case 'H':
      return append_number(out, at.hour, 2);
    case 'I':
      return append_number(out, hour12, 2);
    case 'M':
      return append_number(out, at.minute, 2);
    case 'S':
      return append_number(out, at.second, 2);
    case 'f':
      return append_number(out, 0, 6);
    case 'G':
      return append_number(out, iso_week(day).year, 4);
    case 'V':
      return append_number(out, iso_week(day).week, 2);
    case 'U':
      return append_number(out, week_of_year(day, 0), 2);
    case 'W':
      return append_number(out, week_of_year(day, 1), 2);
    case 'u':
      return append_number(out, iso_weekday(day), 1);
    case 'w':
      return append_number(out, weekday_of(day), 1);
    case 'p':
      out += at.hour < 12 ? "AM" : "PM";
      return;
    case 'B':
      out += kMonthNames[at.date.month - 1];
      return;
    case 'b':
      out += kMonthNames[at.date.month - 1].substr(0, 3);
      return;
    case 'A':
      out += kWeekdayNames[weekday_of(day)];
      return;
    case 'a':
      out += kWeekdayNames[weekday_of(day)].substr(0, 3);
      return;
    default:
      return;
  }
}

// The format with shorthands written out.
Result<std::string> expand(std::string_view format) {
  std::string expanded;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      expanded += format[i];
      continue;
    }
    const char conversion = i + 1 < format.size() ? format[i + 1] : '\0';
    const std::string_view longer = shorthand(conversion);
    if (longer.empty() &&
        (conversion == '\0' || kConversions.find(conversion) == kConversions.npos)) {
      const std::string_view unknown = first_character(format.substr(i + 1));
      return usage_error(fmt::format("refuse format `{}`: it has `%{}`, which cannot be read back",
                                     printable_key(format), printable_key(unknown)));
    }
    expanded += longer.empty() ? format.substr(i, 2) : longer;
    ++i;
  }
  return expanded;
}

}  // namespace

// An offset has four digits or six, so digits right behind it could be its own.
Status TimeFormat::refuse_digits_after_offset() const {
  constexpr std::string_view kNoDigit = "pbBaAz";
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    if (pieces_[i].conversion != 'z') continue;
    const Piece& next = pieces_[i + 1];
    const bool digit = next.conversion == 0 ? next.literal[0] >= '0' && next.literal[0] <= '9'
                                            : kNoDigit.find(next.conversion) == kNoDigit.npos;
    if (digit) {
      return usage_error(fmt::format("refuse format `{}`: digits follow `%z` without a separator",
                                     printable_key(text_)));
    }
  }
  return {};
}

std::string format_offset(std::int64_t seconds) {
  const std::int64_t size = seconds < 0 ? -seconds : seconds;
  std::string text = seconds < 0 ? "-" : "+";
  append_number(text, static_cast<int>(size / 3600), 2);
  append_number(text, static_cast<int>(size / 60 % 60), 2);
  if (size % 60 != 0) append_number(text, static_cast<int>(size % 60), 2);
  return text;
}

Result<TimeFormat> TimeFormat::parse(std::string_view format) {
  const auto expanded = expand(format);
  if (!expanded) return expanded.error();
  TimeFormat parsed;
  parsed.text_ = format;
  for (std::size_t i = 0; i < expanded->size(); ++i) {
    const bool escaped = (*expanded)[i] == '%';
    if (escaped) ++i;
    const char c = (*expanded)[i];
    const bool conversion = escaped && c != '%';
    if (conversion) {
      parsed.conversions_ += c;
      parsed.pieces_.push_back({c, {}});
    } else if (parsed.pieces_.empty() || parsed.pieces_.back().conversion != 0) {
      parsed.pieces_.push_back({0, std::string(1, c)});
    } else {
      parsed.pieces_.back().literal += c;
    }
  }
  if (Status readable = parsed.refuse_digits_after_offset(); !readable) return readable.error();
  return parsed;
}

std::string TimeFormat::write(LocalSeconds local, std::int64_t offset) const {
  const CivilTime at = civil_time(local);
  const std::int64_t day = floor_div(local, kDaySeconds);
  std::string out;
  out.reserve(text_.size() * 2);
  for (const Piece& piece : pieces_) {
    if (piece.conversion == 0) {
      out += piece.literal;
    } else if (piece.conversion == 'z') {
      out += format_offset(offset);
    } else {
      append(out, piece.conversion, at, day);
    }
  }
  return out;
}

}  // namespace partita
