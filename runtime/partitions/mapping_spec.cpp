// MappingSpec as a value: compared, described, written and read.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "partitions/mapping.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 11> kKindNames = {{
    {Kind::inferred, "inferred"},
    {Kind::identity, "identity"},
    {Kind::all, "all"},
    {Kind::last, "last"},
    {Kind::keys, "keys"},
    {Kind::time_window, "time_window"},
    {Kind::static_keys, "static"},
    {Kind::multi_to_single, "multi_to_single"},
    {Kind::multi, "multi"},
    {Kind::time_window_latest, "time_window_latest"},
    {Kind::function, "function"},
}};

std::string_view name_of(Kind kind) {
  const auto* found =
      std::ranges::find(kKindNames, kind, [](const auto& entry) { return entry.first; });
  return found->second;
}

std::string describe_inner(const std::shared_ptr<const MappingSpec>& inner) {
  return inner == nullptr ? std::string(name_of(Kind::inferred)) : inner->describe();
}

bool equal_inner(const std::shared_ptr<const MappingSpec>& a,
                 const std::shared_ptr<const MappingSpec>& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

bool equal_parts(const MappingSpec::Part& a, const MappingSpec::Part& b) {
  return a.upstream_dimension == b.upstream_dimension &&
         a.downstream_dimension == b.downstream_dimension && equal_inner(a.mapping, b.mapping);
}

Json json_of_inner(const std::shared_ptr<const MappingSpec>& inner) {
  return inner == nullptr ? Json() : to_json(*inner);
}

Result<std::shared_ptr<const MappingSpec>> inner_from_json(const Json& json) {
  if (json.is_null()) return std::shared_ptr<const MappingSpec>();
  auto spec = mapping_from_json(json);
  if (!spec) return std::move(spec).error();
  return std::shared_ptr<const MappingSpec>(std::make_shared<MappingSpec>(*std::move(spec)));
}

void keys_to_json(Json& json, const MappingSpec& spec) {
  Json keys = Json::array();
  for (const std::string& key : spec.keys) keys.push(key);
  json.set("keys", std::move(keys));
}

void pairs_to_json(Json& json, const MappingSpec& spec) {
  Json pairs = Json::array();
  for (const auto& [upstream, downstream] : spec.pairs) {
    pairs.push(Json::array().push(upstream).push(downstream));
  }
  json.set("pairs", std::move(pairs));
}

void parts_to_json(Json& json, const MappingSpec& spec) {
  Json parts = Json::array();
  for (const MappingSpec::Part& part : spec.parts) {
    Json item = Json::object();
    item.set("upstream", part.upstream_dimension).set("downstream", part.downstream_dimension);
    item.set("mapping", json_of_inner(part.mapping));
    parts.push(std::move(item));
  }
  json.set("parts", std::move(parts));
}

Status read_parts(const Json& json, MappingSpec& spec) {
  for (const Json& item : json["parts"].as_array()) {
    auto inner = inner_from_json(item["mapping"]);
    if (!inner) return std::move(inner).error();
    spec.parts.push_back(
        {item["upstream"].as_string(), item["downstream"].as_string(), *std::move(inner)});
  }
  return {};
}

}  // namespace

bool operator==(const MappingSpec& a, const MappingSpec& b) {
  return a.kind == b.kind && a.start_offset == b.start_offset && a.end_offset == b.end_offset &&
         a.allow_missing == b.allow_missing && a.keys == b.keys && a.pairs == b.pairs &&
         a.dimension == b.dimension && equal_inner(a.inner, b.inner) && a.name == b.name &&
         a.function == b.function && a.has_inverse == b.has_inverse &&
         std::ranges::equal(a.parts, b.parts, equal_parts);
}

std::string MappingSpec::describe() const {
  switch (kind) {
    case Kind::keys:
      return fmt::format("keys({})", join(keys, ","));
    case Kind::time_window:
      return fmt::format("time_window({},{}{})", start_offset, end_offset,
                         allow_missing ? ",allow_missing" : "");
    case Kind::static_keys:
      return fmt::format("static({})", count_of(std::ssize(pairs), "pair"));
    case Kind::function:
      return fmt::format("function {}", name);
    case Kind::multi_to_single:
      return fmt::format("multi_to_single({}, {})", dimension, describe_inner(inner));
    case Kind::multi:
      break;
    default:
      return std::string(name_of(kind));
  }
  std::vector<std::string> texts;
  texts.reserve(parts.size());
  for (const Part& part : parts) {
    texts.push_back(fmt::format("{} -> {}: {}", part.upstream_dimension, part.downstream_dimension,
                                describe_inner(part.mapping)));
  }
  return fmt::format("multi({})", join(texts, ", "));
}

bool has_function(const MappingSpec& spec) {
  if (spec.kind == Kind::function) return true;
  if (spec.inner != nullptr && has_function(*spec.inner)) return true;
  return std::ranges::any_of(spec.parts, [](const MappingSpec::Part& part) {
    return part.mapping != nullptr && has_function(*part.mapping);
  });
}

Json to_json(const MappingSpec& spec) {
  Json json = Json::object();
  json.set("kind", name_of(spec.kind));
  if (spec.start_offset != 0) json.set("start_offset", spec.start_offset);
  if (spec.end_offset != 0) json.set("end_offset", spec.end_offset);
  if (spec.allow_missing) json.set("allow_missing", true);
  if (!spec.keys.empty()) keys_to_json(json, spec);
  if (!spec.pairs.empty()) pairs_to_json(json, spec);
  if (!spec.dimension.empty()) json.set("dimension", spec.dimension);
  if (spec.inner != nullptr) json.set("inner", to_json(*spec.inner));
  if (!spec.parts.empty()) parts_to_json(json, spec);
  if (!spec.name.empty()) json.set("name", spec.name);
  if (spec.function != 0) json.set("function", static_cast<std::int64_t>(spec.function));
  if (spec.has_inverse) json.set("inverse", true);
  return json;
}

Result<MappingSpec> mapping_from_json(const Json& json) {
  const std::string& name = json["kind"].as_string();
  const auto* entry = std::ranges::find(kKindNames, name, [](const auto& e) { return e.second; });
  if (entry == kKindNames.end()) return usage_error(fmt::format("find no mapping kind `{}`", name));
  MappingSpec spec;
  spec.kind = entry->first;
  spec.start_offset = json["start_offset"].as_int();
  spec.end_offset = json["end_offset"].as_int();
  spec.allow_missing = json["allow_missing"].as_bool();
  spec.dimension = json["dimension"].as_string();
  spec.name = json["name"].as_string();
  spec.function = static_cast<std::size_t>(json["function"].as_int());
  spec.has_inverse = json["inverse"].as_bool();
  for (const Json& key : json["keys"].as_array()) spec.keys.push_back(key.as_string());
  for (const Json& pair : json["pairs"].as_array()) {
    if (pair.as_array().size() != 2) return usage_error("read a mapping: want pairs of keys");
    spec.pairs.emplace_back(pair.as_array()[0].as_string(), pair.as_array()[1].as_string());
  }
  auto inner = inner_from_json(json["inner"]);
  if (!inner) return std::move(inner).error();
  spec.inner = *std::move(inner);
  if (auto read = read_parts(json, spec); !read) return std::move(read).error();
  return spec;
}

}  // namespace partita
