#include "vectors.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/text.hpp"
#include "partitions/civil.hpp"
#include "partitions/cron.hpp"
#include "partitions/time_format.hpp"
#include "partitions/time_schedule.hpp"

namespace partita {
namespace {

constexpr Instant kFarFuture = 13'569'465'600;  // 2400-01-01

std::string path_of(std::string_view file) {
  const char* given = std::getenv("PARTITA_VECTORS");
  const std::string directory = given ? given : PARTITA_SOURCE_DIR "/../shared/vectors";
  return directory + "/" + std::string(file);
}

std::string read_whole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::optional<Cadence> cadence_of(std::string_view kind) {
  if (kind == "hourly") return Cadence::hourly;
  if (kind == "daily") return Cadence::daily;
  if (kind == "weekly") return Cadence::weekly;
  if (kind == "monthly") return Cadence::monthly;
  if (kind == "quarterly") return Cadence::quarterly;
  if (kind == "yearly") return Cadence::yearly;
  if (kind == "cron") return Cadence::cron;
  return std::nullopt;
}

// Vectors exclude by cron schedule or by the local time a window starts at, we by key; a time at
// which no window can start excludes nothing.
std::optional<std::string> exclusion_of(const Json& json, const TimeDimension& time) {
  if (json.contains("cron")) return json["cron"].as_string();
  const Json& text = json.is_string() ? json : json.as_object()[0].second;
  const auto local = parse_local(text.as_string());
  const auto cron = CronSchedule::parse(cron_of(time).value());
  if (!local || !cron) return text.as_string();
  const CivilTime at = civil_time(*local);
  if (at.second != 0 || !cron->matches_minute(at.hour * 60 + at.minute)) return std::nullopt;
  const std::string own = time.cadence == Cadence::hourly ? "%Y-%m-%d-%H:%M" : "%Y-%m-%d";
  return TimeFormat::parse(time.format.empty() ? own : time.format)->write(*local, 0);
}

TimeDimension time_of(Cadence cadence, const Json& json) {
  TimeDimension time;
  time.cadence = cadence;
  time.start = json["start"].as_string();
  time.end = json["end"].as_string();
  time.timezone = json["timezone"].as_string();
  time.format = json["fmt"].as_string();
  time.cron = json["cron_schedule"].as_string();
  time.minute_offset = static_cast<int>(json["minute_offset"].as_int());
  time.hour_offset = static_cast<int>(json["hour_offset"].as_int());
  time.day_offset = static_cast<int>(json["day_offset"].as_int());
  time.end_offset = static_cast<int>(json["end_offset"].as_int());
  for (const Json& exclusion : json["exclusions"].as_array()) {
    if (auto text = exclusion_of(exclusion, time)) time.exclusions.push_back(*std::move(text));
  }
  return time;
}

Result<Dimension> dimension_of(std::string name, const Json& json) {
  const std::string& kind = json["kind"].as_string();
  if (const auto cadence = cadence_of(kind))
    return Dimension{std::move(name), time_of(*cadence, json)};
  if (kind == "static") return Dimension{std::move(name), StaticDimension{texts_of(json["keys"])}};
  if (kind == "dynamic" && !json.contains("partition_fn")) {
    return Dimension{std::move(name), DynamicDimension{json["name"].as_string()}};
  }
  return usage_error("no definition of ours says " + json.dump());
}

bool ends_before_start(const PartitionsDefinition& definition) {
  if (definition.dimensions.size() != 1) return false;
  const auto* time = std::get_if<TimeDimension>(&definition.dimensions[0].kind);
  return time && !time->end.empty() && parse_local(time->end) < parse_local(time->start);
}

std::shared_ptr<const MappingSpec> shared(MappingSpec spec) {
  return std::make_shared<const MappingSpec>(std::move(spec));
}

void read_pairs(const Json& json, MappingSpec& spec) {
  for (const auto& [upstream, downstream] : json["downstream_by_upstream"].as_object()) {
    if (downstream.is_string()) spec.pairs.emplace_back(upstream, downstream.as_string());
    for (const Json& key : downstream.as_array())
      spec.pairs.emplace_back(upstream, key.as_string());
  }
}

void read_parts(const Json& json, MappingSpec& spec) {
  for (const auto& [upstream, part] : json["by_upstream_dimension"].as_object()) {
    spec.parts.push_back(
        {upstream, part["downstream_dimension"].as_string(), shared(mapping_of(part["mapping"]))});
  }
}

MappingSpec::Kind kind_of(const std::string& name) {
  static const std::map<std::string, MappingSpec::Kind> kKinds = {
      {"identity", MappingSpec::Kind::identity},
      {"all", MappingSpec::Kind::all},
      {"last", MappingSpec::Kind::last},
      {"specific", MappingSpec::Kind::keys},
      {"time_window", MappingSpec::Kind::time_window},
      {"time_window_latest_overlapping", MappingSpec::Kind::time_window_latest},
      {"static", MappingSpec::Kind::static_keys},
      {"multi_to_single", MappingSpec::Kind::multi_to_single},
      {"multi", MappingSpec::Kind::multi}};
  REQUIRE_MESSAGE(kKinds.contains(name), "mapping kind " << name);
  return kKinds.at(name);
}

}  // namespace

MappingSpec mapping_of(const Json& json) {
  MappingSpec spec;
  if (json.is_null()) return spec;
  spec.kind = kind_of(json["kind"].as_string());
  spec.start_offset = json["start_offset"].as_int();
  spec.end_offset = json["end_offset"].as_int();
  spec.allow_missing = json["allow_nonexistent_upstream_partitions"].as_bool();
  spec.keys = texts_of(json["keys"]);
  spec.dimension = json["dimension"].as_string();
  if (json["dimension_mapping"].is_object())
    spec.inner = shared(mapping_of(json["dimension_mapping"]));
  read_pairs(json, spec);
  read_parts(json, spec);
  return spec;
}

std::optional<std::vector<Json>> read_vectors(std::string_view file) {
  const std::string path = path_of(file);
  const bool wanted = std::getenv("PARTITA_VECTORS") != nullptr;
  if (!wanted && !std::filesystem::exists(path)) {
    MESSAGE("no vectors at " << path);
    return std::nullopt;
  }
  auto json = Json::parse(read_whole(path));
  REQUIRE_MESSAGE(json, path << " is readable");
  REQUIRE_MESSAGE(!json->as_array().empty(), path << " has vectors");
  return json->as_array();
}

Result<PartitionsDefinition> definition_of(const Json& json) {
  PartitionsDefinition definition;
  if (json["kind"].as_string() == "multi") {
    for (const auto& [name, part] : json["dimensions"].as_object()) {
      auto dimension = dimension_of(name, part);
      if (!dimension) return std::move(dimension).error();
      definition.dimensions.push_back(*std::move(dimension));
    }
  } else {
    auto dimension = dimension_of({}, json);
    if (!dimension) return std::move(dimension).error();
    definition.dimensions.push_back(*std::move(dimension));
  }
  if (ends_before_start(definition)) return definition;
  return validated(std::move(definition));
}

Instant instant_of(const Json& text) {
  const auto instant = parse_instant(text.as_string());
  REQUIRE_MESSAGE(instant, text.dump());
  return *instant;
}

Instant now_of(const Json& vector) {
  return vector["now"].is_null() ? kFarFuture : instant_of(vector["now"]);
}

Result<SpacePtr> space_of(const Json& vector) {
  auto definition = definition_of(vector["definition"]);
  if (!definition) return std::move(definition).error();
  return make_space(*definition, {now_of(vector), {}});
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list.as_array()) texts.push_back(text.as_string());
  return texts;
}

std::vector<std::string> all_keys(const PartitionSpace& space) {
  std::vector<std::string> keys;
  for (Index i = 0; i < space.size(); ++i) keys.push_back(space.key_at(i));
  return keys;
}

Result<std::vector<std::string>> keys_between(const PartitionSpace& space, std::string_view from,
                                              std::string_view to) {
  const auto first = space.find(from);
  if (!first) return first.error();
  const auto last = space.find(to);
  if (!last) return last.error();
  std::vector<std::string> keys;
  for (Index i = *first; i <= *last; ++i) keys.push_back(space.key_at(i));
  return keys;
}

void report(std::string_view file, std::size_t checked, const std::vector<std::string>& left_out) {
  MESSAGE(file << ": " << checked << " vectors checked");
  for (const std::string& line : left_out) MESSAGE("left out " << line);
  CHECK(checked > 0);
}

}  // namespace partita
