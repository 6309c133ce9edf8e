// From the tables of the plugin ABI to values of the host's own: deep copies, within caps.
//
// Whatever a plugin passes is looked at as foreign: null pointers, sizes, counts, UTF-8. Errors
// name the field. Pure, apart from reading the plugin's memory; [define].
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "partita/abi.h"
#include "plugin/declarations.hpp"
#include "plugin/mapping_function.hpp"

namespace partita {

inline constexpr std::size_t kMaxTextBytes = 64U << 10U;
inline constexpr std::size_t kMaxListItems = 1'000'000;  // keys of a static dimension, pairs
inline constexpr std::size_t kMaxDeps = 10'000;
inline constexpr std::size_t kMaxLabels = 1'000;  // kinds, owners, tags
inline constexpr std::size_t kMaxDimensions = 64;
inline constexpr int kMaxMappingDepth = 8;

Result<std::string> copy_text(partita_str text, std::string_view field);
Result<std::vector<std::string>> copy_texts(const partita_str* texts, std::size_t count,
                                            std::string_view field,
                                            std::size_t most = kMaxListItems);
// `count` of an array at `items`.
Status check_count(const void* items, std::size_t count, std::size_t most, std::string_view field);

// As the plugin gave them.
Result<PartitionsDefinition> copy_partitions(const partita_dimension* const* dimensions,
                                             std::size_t count);

// `mapping` null: inferred. Its functions are appended, MappingSpec::function being the position.
Result<MappingSpec> copy_mapping(const partita_mapping* mapping,
                                 std::vector<MappingFunction>& functions, int depth = 0);

// As the plugin gave them: the registrar validates what concerns more than one field. The functions
// of an asset's mappings by the upstream asset.
using MappingFunctions = std::map<std::string, std::vector<MappingFunction>, std::less<>>;
Result<AssetDef> copy_asset(const partita_asset& asset, MappingFunctions& functions);
Result<CheckDef> copy_check(const partita_check& check);

}  // namespace partita
