// The written form of definitions: what is at its default is left out.
#include <fmt/format.h>

#include <utility>

#include "partitions/definition.hpp"

namespace partita {
namespace {

constexpr std::pair<std::string_view, Cadence> kCadences[] = {
    {"hourly", Cadence::hourly},   {"daily", Cadence::daily},         {"weekly", Cadence::weekly},
    {"monthly", Cadence::monthly}, {"quarterly", Cadence::quarterly}, {"yearly", Cadence::yearly},
    {"cron", Cadence::cron},
};

struct TextField {
  std::string_view name;
  std::string TimeDimension::* member;
};
constexpr TextField kTexts[] = {
    {"cron", &TimeDimension::cron},     {"start", &TimeDimension::start},
    {"end", &TimeDimension::end},       {"timezone", &TimeDimension::timezone},
    {"format", &TimeDimension::format},
};

struct NumberField {
  std::string_view name;
  int TimeDimension::* member;
};
constexpr NumberField kNumbers[] = {
    {"minute_offset", &TimeDimension::minute_offset},
    {"hour_offset", &TimeDimension::hour_offset},
    {"day_offset", &TimeDimension::day_offset},
    {"end_offset", &TimeDimension::end_offset},
};

Json texts_to_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push(text);
  return list;
}

std::vector<std::string> texts_from_json(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list.as_array()) texts.push_back(text.as_string());
  return texts;
}

void write(const TimeDimension& time, Json& json) {
  for (const auto& [name, cadence] : kCadences) {
    if (cadence == time.cadence) json.set("kind", name);
  }
  for (const auto& [name, member] : kTexts) {
    if (!(time.*member).empty()) json.set(name, time.*member);
  }
  for (const auto& [name, member] : kNumbers) {
    if (time.*member != 0) json.set(name, time.*member);
  }
  if (!time.exclusions.empty()) json.set("exclusions", texts_to_json(time.exclusions));
}

void write(const StaticDimension& listed, Json& json) {
  json.set("kind", "static").set("keys", texts_to_json(listed.keys));
}

void write(const DynamicDimension& dynamic, Json& json) {
  json.set("kind", "dynamic").set("set", dynamic.set);
}

TimeDimension time_from_json(Cadence cadence, const Json& json) {
  TimeDimension time;
  time.cadence = cadence;
  for (const auto& [name, member] : kTexts) time.*member = json[name].as_string();
  for (const auto& [name, member] : kNumbers) time.*member = static_cast<int>(json[name].as_int());
  time.exclusions = texts_from_json(json["exclusions"]);
  return time;
}

Result<Dimension> dimension_from_json(const Json& json) {
  const std::string& kind = json["kind"].as_string();
  Dimension dimension{json["name"].as_string(), {}};
  if (kind == "static") {
    dimension.kind = StaticDimension{texts_from_json(json["keys"])};
    return dimension;
  }
  if (kind == "dynamic") {
    dimension.kind = DynamicDimension{json["set"].as_string()};
    return dimension;
  }
  for (const auto& [name, cadence] : kCadences) {
    if (name != kind) continue;
    dimension.kind = time_from_json(cadence, json);
    return dimension;
  }
  return usage_error(fmt::format("read partitions definition: unknown kind `{}`", kind));
}

}  // namespace

Json to_json(const PartitionsDefinition& definition) {
  Json dimensions = Json::array();
  for (const Dimension& dimension : definition.dimensions) {
    Json json = Json::object();
    if (!dimension.name.empty()) json.set("name", dimension.name);
    std::visit([&](const auto& kind) { write(kind, json); }, dimension.kind);
    dimensions.push(std::move(json));
  }
  return Json::object().set("dimensions", std::move(dimensions));
}

Result<PartitionsDefinition> partitions_from_json(const Json& json) {
  if (!json["dimensions"].is_array()) {
    return usage_error("read partitions definition: `dimensions` is no list");
  }
  PartitionsDefinition definition;
  for (const Json& written : json["dimensions"].as_array()) {
    auto dimension = dimension_from_json(written);
    if (!dimension) return std::move(dimension).error();
    definition.dimensions.push_back(*std::move(dimension));
  }
  return definition;
}

}  // namespace partita
