#include "plan/basis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"

namespace partita {
namespace {

constexpr std::size_t kPrintDigits = 16;

Json by_name(Json::Object values) {
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return Json(std::move(values));
}

Json config_of(std::string_view asset, const Json& config) {
  Json merged = config["*"].is_object() ? config["*"] : Json::object();
  for (const auto& [name, value] : config[asset].as_object()) merged.set(name, value);
  return by_name(merged.as_object());
}

std::string shown(const Json& value) {
  if (value.is_null()) return "not set";
  return value.is_string() ? value.as_string() : value.dump();
}

void compare_config(const Json& before, const Json& now, std::vector<BasisChange>& changes) {
  const auto tell = [&](const std::string& name) {
    if (before[name] == now[name]) return;
    changes.push_back(
        {BasisChange::Kind::config,
         {},
         fmt::format("config {}: {} -> {}", name, shown(before[name]), shown(now[name]))});
  };
  for (const auto& [name, value] : before.as_object()) tell(name);
  for (const auto& [name, value] : now.as_object()) {
    if (!before.contains(name)) tell(name);
  }
}

}  // namespace

const Basis::Input* Basis::input(std::string_view asset) const {
  const auto found = std::find_if(inputs.begin(), inputs.end(),
                                  [&](const Input& input) { return input.asset == asset; });
  return found == inputs.end() ? nullptr : &*found;
}

Basis basis_of(const AssetDef& asset, const Json& config) {
  Basis basis;
  for (const Dependency& dep : asset.deps) {
    basis.inputs.push_back({dep.asset, dep.mapping.describe(),
                            sha256_hex(to_json(dep.mapping).dump()).substr(0, kPrintDigits)});
  }
  std::sort(basis.inputs.begin(), basis.inputs.end(),
            [](const auto& a, const auto& b) { return a.asset < b.asset; });
  basis.config = config_of(asset.key, config);
  return basis;
}

std::string to_text(const Basis& basis) {
  Json inputs = Json::array();
  for (const Basis::Input& input : basis.inputs) {
    Json one = Json::array();
    one.push(input.asset).push(input.mapping).push(input.print);
    inputs.push(std::move(one));
  }
  return Json::object().set("inputs", std::move(inputs)).set("config", basis.config).dump();
}

std::optional<Basis> parse_basis(std::string_view text) {
  auto json = Json::parse(text);
  if (!json || !json->is_object()) return std::nullopt;
  Basis basis;
  for (const Json& input : (*json)["inputs"].as_array()) {
    const Json::Array& parts = input.as_array();
    if (parts.size() != 3) return std::nullopt;
    basis.inputs.push_back({parts[0].as_string(), parts[1].as_string(), parts[2].as_string()});
  }
  basis.config = (*json)["config"];
  return basis;
}

std::vector<BasisChange> changes_between(const Basis& before, const Basis& now) {
  using Kind = BasisChange::Kind;
  std::vector<BasisChange> changes;
  for (const Basis::Input& input : now.inputs) {
    const Basis::Input* known = before.input(input.asset);
    if (known == nullptr) {
      changes.push_back(
          {Kind::input_added, input.asset, fmt::format("dependency on {} added", input.asset)});
    } else if (known->print != input.print) {
      changes.push_back({Kind::mapping, input.asset,
                         known->mapping == input.mapping
                             ? fmt::format("mapping from {} changed", input.asset)
                             : fmt::format("mapping from {}: {} -> {}", input.asset, known->mapping,
                                           input.mapping)});
    }
  }
  for (const Basis::Input& input : before.inputs) {
    if (now.input(input.asset) == nullptr)
      changes.push_back(
          {Kind::input_removed, input.asset, fmt::format("dependency on {} removed", input.asset)});
  }
  compare_config(before.config, now.config, changes);
  return changes;
}

}  // namespace partita
