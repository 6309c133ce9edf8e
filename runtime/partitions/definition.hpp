// What an asset declares about its partitions: values, compared and written down, not evaluated.
//
// Knows nothing of "now", of time zones or of which keys exist: a PartitionSpace does.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace partita {

enum class Cadence { hourly, daily, weekly, monthly, quarterly, yearly, cron };

struct TimeDimension {
  Cadence cadence = Cadence::daily;
  int minute_offset = 0;
  int hour_offset = 0;
  int day_offset = 0;    // weekly: 0 Sunday..6; monthly and coarser: day of the month, 0 means 1
  int end_offset = 0;    // windows beyond those that have ended
  std::string cron;      // Cadence::cron: five fields
  std::string start;     // local to the zone
  std::string end;       // exclusive; empty for none
  std::string timezone;  // IANA; empty means UTC
  std::string format;    // empty means the cadence's own
  std::vector<std::string> exclusions;  // keys or cron schedules
  bool operator==(const TimeDimension&) const = default;
};

struct StaticDimension {
  std::vector<std::string> keys;
  bool operator==(const StaticDimension&) const = default;
};

struct DynamicDimension {
  std::string set;  // the name of the set in the store
  bool operator==(const DynamicDimension&) const = default;
};

struct Dimension {
  std::string name;  // empty exactly where it is the only one
  std::variant<TimeDimension, StaticDimension, DynamicDimension> kind;
  bool operator==(const Dimension&) const = default;
};

// No dimensions: not partitioned. Several: a product, sorted by name, the first slowest.
struct PartitionsDefinition {
  std::vector<Dimension> dimensions;
  bool operator==(const PartitionsDefinition&) const = default;

  bool is_partitioned() const { return !dimensions.empty(); }

  // For people: `monthly from 2024-01-01`, `4 static keys`, `category x month`.
  std::string describe() const;

  // One word for listings: `monthly`, `static`, `dynamic`, `product`; empty where not partitioned.
  std::string kind() const;
};

// Sorts the dimensions by name and refuses what can never be a space: bad or duplicate keys, a
// start that is no date, an end before it, an unknown zone, a format that is not injective, two
// dimensions of one name. The error names the value.
Result<PartitionsDefinition> validated(PartitionsDefinition definition);

// The written form, for the definitions cache and for plans; from_json(to_json(d)) == d.
Json to_json(const PartitionsDefinition& definition);
Result<PartitionsDefinition> partitions_from_json(const Json& json);

}  // namespace partita
