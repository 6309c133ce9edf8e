#include <fmt/format.h>

#include "plugin/copy_in.hpp"
#include "plugin/received.hpp"

namespace partita {
namespace {

Result<Cadence> cadence_of(std::uint32_t number) {
  switch (number) {
    case PARTITA_HOURLY:
      return Cadence::hourly;
    case PARTITA_DAILY:
      return Cadence::daily;
    case PARTITA_WEEKLY:
      return Cadence::weekly;
    case PARTITA_MONTHLY:
      return Cadence::monthly;
    case PARTITA_QUARTERLY:
      return Cadence::quarterly;
    case PARTITA_YEARLY:
      return Cadence::yearly;
    case PARTITA_CRON:
      return Cadence::cron;
    default:
      return usage_error(fmt::format("cadence {} is unknown", number));
  }
}

struct NamedText {
  partita_str from;
  std::string* to;
  const char* field;
};

Result<TimeDimension> copy_time(const partita_dimension& from) {
  const auto cadence = cadence_of(from.cadence);
  if (!cadence) return cadence.error();
  TimeDimension time;
  time.cadence = *cadence;
  time.minute_offset = from.minute_offset;
  time.hour_offset = from.hour_offset;
  time.day_offset = from.day_offset;
  time.end_offset = from.end_offset;
  for (const NamedText& text : {NamedText{from.cron, &time.cron, "cron"},
                                {from.start, &time.start, "start"},
                                {from.end, &time.end, "end"},
                                {from.timezone, &time.timezone, "timezone"},
                                {from.format, &time.format, "format"}}) {
    auto copy = copy_text(text.from, text.field);
    if (!copy) return std::move(copy).error();
    *text.to = std::move(*copy);
  }
  auto exclusions = copy_texts(from.exclusions, from.exclusion_count, "exclusions");
  if (!exclusions) return std::move(exclusions).error();
  time.exclusions = std::move(*exclusions);
  return time;
}

template <class Kind>
Result<Dimension> dimension_of(std::string name, Result<Kind> kind) {
  if (!kind) {
    Error error = std::move(kind).error();
    return name.empty() ? error : std::move(error).wrap("dimension " + name);
  }
  return Dimension{std::move(name), std::move(*kind)};
}

Result<StaticDimension> copy_static(const partita_dimension& from) {
  auto keys = copy_texts(from.keys, from.key_count, "keys");
  if (!keys) return std::move(keys).error();
  return StaticDimension{std::move(*keys)};
}

Result<DynamicDimension> copy_dynamic(const partita_dimension& from) {
  auto set = copy_text(from.dynamic_set, "dynamic_set");
  if (!set) return std::move(set).error();
  return DynamicDimension{std::move(*set)};
}

Result<Dimension> copy_dimension(const partita_dimension* pointer) {
  const auto from = received(pointer, "dimension");
  if (!from) return from.error();
  auto name = copy_text(from->name, "dimension name");
  if (!name) return std::move(name).error();
  if (from->kind == PARTITA_DIMENSION_TIME) return dimension_of(*name, copy_time(*from));
  if (from->kind == PARTITA_DIMENSION_STATIC) return dimension_of(*name, copy_static(*from));
  if (from->kind == PARTITA_DIMENSION_DYNAMIC) return dimension_of(*name, copy_dynamic(*from));
  return usage_error(fmt::format("dimension kind {} is unknown", from->kind));
}

}  // namespace

Result<PartitionsDefinition> copy_partitions(const partita_dimension* const* dimensions,
                                             std::size_t count) {
  if (Status status = check_count(dimensions, count, kMaxDimensions, "dimensions"); !status) {
    return std::move(status).error();
  }
  PartitionsDefinition definition;
  for (std::size_t i = 0; i < count; ++i) {
    auto dimension = copy_dimension(dimensions[i]);
    if (!dimension) return std::move(dimension).error();
    definition.dimensions.push_back(std::move(*dimension));
  }
  return definition;
}

}  // namespace partita
