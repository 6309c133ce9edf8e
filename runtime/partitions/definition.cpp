#include "partitions/definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "partitions/time_schedule.hpp"

namespace partita {
namespace {

std::string_view cadence_name(Cadence cadence) {
  switch (cadence) {
    case Cadence::hourly:
      return "hourly";
    case Cadence::daily:
      return "daily";
    case Cadence::weekly:
      return "weekly";
    case Cadence::monthly:
      return "monthly";
    case Cadence::quarterly:
      return "quarterly";
    case Cadence::yearly:
      return "yearly";
    case Cadence::cron:
      return "cron";
  }
  return "cron";
}

std::string kind_of(const TimeDimension& time) {
  return std::string(cadence_name(time.cadence));
}
std::string kind_of(const StaticDimension&) {
  return "static";
}
std::string kind_of(const DynamicDimension&) {
  return "dynamic";
}

std::string description_of(const TimeDimension& time) {
  std::string text(cadence_name(time.cadence));
  if (time.cadence == Cadence::cron) text += fmt::format(" `{}`", time.cron);
  text += " from " + time.start;
  if (!time.end.empty()) text += " to " + time.end;
  if (!time.timezone.empty() && time.timezone != "UTC") text += " in " + time.timezone;
  return text;
}
std::string description_of(const StaticDimension& listed) {
  return count_of(static_cast<std::int64_t>(listed.keys.size()), "static key");
}
std::string description_of(const DynamicDimension& dynamic) {
  return "dynamic set " + dynamic.set;
}

Status check_key(std::string_view key, bool in_product) {
  return in_product ? validate_dimension_key(key) : validate_key(key);
}

Status check(const TimeDimension& time, bool in_product) {
  const auto schedule = TimeSchedule::compile(time);
  if (!schedule) return schedule.error();
  const TimeSchedule& made = **schedule;
  if (made.end() && *made.end() < made.start()) {
    return usage_error(
        fmt::format("refuse end `{}`: it is before the start `{}`", time.end, time.start));
  }
  const Index first = made.count_starting_before(made.start());
  return check_key(made.key_of(made.start_of(first)), in_product);
}

Status check(const StaticDimension& listed, bool in_product) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& key : listed.keys) {
    if (Status status = check_key(key, in_product); !status) return status;
    if (seen.insert(key).second) continue;
    return usage_error(
        fmt::format("refuse partition key `{}`: it is listed twice", printable_key(key)));
  }
  return {};
}

Status check(const DynamicDimension& dynamic, bool) {
  if (dynamic.set.empty())
    return usage_error("refuse a dynamic dimension without the name of a set");
  Status status = validate_key(dynamic.set);
  return status ? Status() : Status(std::move(status).error().wrap("name of a dynamic set"));
}

Status check_names(const std::vector<Dimension>& dimensions) {
  if (dimensions.size() == 1 && !dimensions[0].name.empty()) {
    return usage_error(fmt::format("refuse dimension `{}`: a product has at least two",
                                   printable_key(dimensions[0].name)));
  }
  for (std::size_t i = 0; dimensions.size() > 1 && i < dimensions.size(); ++i) {
    const std::string& name = dimensions[i].name;
    if (Status status = validate_dimension_name(name); !status) return status;
    if (i > 0 && dimensions[i - 1].name == name) {
      return usage_error(fmt::format("refuse dimension `{}`: there are two of that name", name));
    }
  }
  return {};
}

}  // namespace

std::string PartitionsDefinition::describe() const {
  if (dimensions.empty()) return "not partitioned";
  if (dimensions.size() == 1) {
    return std::visit([](const auto& kind) { return description_of(kind); }, dimensions[0].kind);
  }
  std::vector<std::string> names;
  names.reserve(dimensions.size());
  for (const Dimension& dimension : dimensions) names.push_back(dimension.name);
  return join(names, " x ");
}

std::string PartitionsDefinition::kind() const {
  if (dimensions.empty()) return "";
  if (dimensions.size() > 1) return "product";
  return std::visit([](const auto& kind) { return kind_of(kind); }, dimensions[0].kind);
}

Result<PartitionsDefinition> validated(PartitionsDefinition definition) {
  auto& dimensions = definition.dimensions;
  std::sort(dimensions.begin(), dimensions.end(),
            [](const Dimension& a, const Dimension& b) { return a.name < b.name; });
  if (Status status = check_names(dimensions); !status) return status.error();
  const bool in_product = dimensions.size() > 1;
  for (const Dimension& dimension : dimensions) {
    Status status =
        std::visit([&](const auto& kind) { return check(kind, in_product); }, dimension.kind);
    if (status) continue;
    if (!in_product) return std::move(status).error();
    return std::move(status).error().wrap("dimension " + dimension.name);
  }
  return definition;
}

}  // namespace partita
