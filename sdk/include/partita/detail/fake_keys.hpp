// Keys and windows for partita::testing: the calendar without time zones and exclusions.
#pragma once

#include <partita/abi.h>
#include <partita/detail/civil.hpp>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/partitions.hpp>
#include <partita/time.hpp>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita::detail {

struct FakeKey {
  std::string dimension;
  std::string key;
  std::optional<Window> window;
};

inline int months_per_window(std::uint32_t cadence) {
  switch (cadence) {
    case PARTITA_MONTHLY:
      return 1;
    case PARTITA_QUARTERLY:
      return 3;
    case PARTITA_YEARLY:
      return 12;
    default:
      return 0;
  }
}

inline std::int64_t add_months(CivilDate date, int months) {
  const std::int64_t month = date.year * 12 + date.month - 1 + months;
  date.year = floor_div(month, 12);
  date.month = static_cast<int>(month - date.year * 12) + 1;
  return days_from_civil(date);
}

// Nothing where the key's format or the zone is not the plain one.
inline std::optional<Window> fake_window(const Dimension& dimension, const std::string& key) {
  const bool plain = dimension.format.empty() && dimension.cadence != PARTITA_CRON &&
                     (dimension.timezone.empty() || dimension.timezone == "UTC");
  long long year = 0;
  int month = 0, day = 0, hour = dimension.hour_offset, minute = dimension.minute_offset;
  const bool hourly = dimension.cadence == PARTITA_HOURLY;
  const int read =
      std::sscanf(key.c_str(), "%lld-%d-%d-%d:%d", &year, &month, &day, &hour, &minute);
  if (!plain || read != (hourly ? 5 : 3)) return std::nullopt;

  const CivilDate first{year, month, day};
  const std::int64_t offset = hour * kSecondsPerHour + minute * 60;
  const std::int64_t start = days_from_civil(first) * kSecondsPerDay + offset;
  if (hourly) return Window{start, start + kSecondsPerHour};
  const int months = months_per_window(dimension.cadence);
  if (months > 0) return Window{start, add_months(first, months) * kSecondsPerDay + offset};
  const int days = dimension.cadence == PARTITA_WEEKLY ? 7 : 1;
  return Window{start, start + days * kSecondsPerDay};
}

// The parts between the separators, as many as there are dimensions.
inline std::vector<std::string> split_key(const std::string& key, std::size_t count) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = key.find('|'); end != std::string::npos; end = key.find('|', begin)) {
    parts.push_back(key.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(key.substr(begin));
  if (parts.size() != count) {
    throw std::invalid_argument("partition " + in_quotes(key) + " has " + decimal(parts.size()) +
                                " parts, the asset has " + decimal(count) + " dimensions");
  }
  return parts;
}

inline FakeKey fake_key(const Dimension& dimension, const std::string& key,
                        const std::map<std::string, Window>& windows) {
  const auto& keys = dimension.keys;
  if (dimension.kind == PARTITA_DIMENSION_STATIC &&
      std::find(keys.begin(), keys.end(), key) == keys.end()) {
    throw std::invalid_argument("no partition " + in_quotes(key));
  }
  FakeKey result{dimension.name, key, std::nullopt};
  if (dimension.kind != PARTITA_DIMENSION_TIME) return result;
  const auto given = windows.find(dimension.name);
  result.window = given == windows.end() ? fake_window(dimension, key) : given->second;
  return result;
}

// `dimensions` are sorted by name.
inline std::vector<FakeKey> fake_keys(const std::vector<Dimension>& dimensions,
                                      const std::string& partition,
                                      const std::map<std::string, Window>& windows) {
  if (dimensions.empty()) {
    if (partition.empty()) return {};
    throw std::invalid_argument("partition " + in_quotes(partition) + " of an asset that has none");
  }
  const bool single = dimensions.size() == 1;
  const auto parts =
      single ? std::vector<std::string>{partition} : split_key(partition, dimensions.size());
  std::vector<FakeKey> keys;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    keys.push_back(fake_key(dimensions[i], parts[i], windows));
  }
  return keys;
}

inline partita_dimension_key key_table(const FakeKey& key) {
  auto table = sized<partita_dimension_key>();
  table.dimension = to_str(key.dimension);
  table.key = to_str(key.key);
  if (key.window) {
    table.flags = PARTITA_KEY_HAS_WINDOW;
    table.start = key.window->start;
    table.end = key.window->end;
  }
  return table;
}

}  // namespace partita::detail
#pragma GCC visibility pop
