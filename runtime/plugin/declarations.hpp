// What a plugin declares, as values of the host's own: deep copies, no function pointers.
//
// Written as JSON to cross from the process that loaded the plugin, and to be kept with a
// generation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "partitions/definition.hpp"
#include "partitions/mapping.hpp"
#include "plugin/run_policy.hpp"

namespace partita {

struct Dependency {
  std::string asset;
  MappingSpec mapping;  // as declared; Kind::inferred where none was
  // In a catalog: what was declared, where `mapping` came of it by inference; it is inferred again
  // when either end changes.
  std::optional<MappingSpec> declared = std::nullopt;
  bool operator==(const Dependency&) const = default;
};

struct AssetDef {
  std::string key;
  std::string description;
  std::string group = "default";
  std::string code_version;  // empty: not declared
  std::string pool;          // empty: none
  std::vector<std::string> kinds;
  std::vector<std::string> owners;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<Dependency> deps;
  PartitionsDefinition partitions;
  RunPolicy policy;
  std::string plugin;  // the id of the plugin that declares it
  bool operator==(const AssetDef&) const = default;
};

struct CheckDef {
  enum class Severity { error, warning };
  std::string name;
  std::string asset;
  std::string description;
  bool blocking = false;
  Severity severity = Severity::error;
  std::string plugin;
  bool operator==(const CheckDef&) const = default;
};

// A declaration that was refused: the plugin's other declarations stand.
struct RefusedDeclaration {
  std::string what;    // "asset `a..b`"
  std::string reason;  // "key: `..` is not allowed"
  bool operator==(const RefusedDeclaration&) const = default;
};

struct PluginDeclarations {
  std::string plugin_id;
  std::vector<AssetDef> assets;
  std::vector<CheckDef> checks;
  std::vector<RefusedDeclaration> refused;
  bool operator==(const PluginDeclarations&) const = default;
};

// Parts of letters, digits, `_`, `-` and `.`, joined by `/`; a part begins with a letter, a digit
// or
// `_`, and `..` is nowhere. The error names the key.
Status validate_asset_key(std::string_view key);

// One part of an asset key: the names of checks, groups and plugins.
Status validate_name(std::string_view name);

Json to_json(const AssetDef& asset);
Json to_json(const CheckDef& check);
Json to_json(const PluginDeclarations& declarations);
Result<AssetDef> asset_from_json(const Json& json);
Result<CheckDef> check_from_json(const Json& json);
Result<PluginDeclarations> declarations_from_json(const Json& json);

}  // namespace partita
