// A Basis: what an asset's data follow from besides its code and its inputs' data. Kept with each
// materialization as text and compared with the one of today.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "plugin/declarations.hpp"

namespace partita {

struct Basis {
  struct Input {
    std::string asset;
    std::string mapping;  // in words
    std::string print;    // a hash of the mapping's specification
  };
  std::vector<Input> inputs;  // by asset
  Json config;                // {name: value}, by name; what the asset was configured with

  const Input* input(std::string_view asset) const;
};

// `config` is the project's, {"ASSET": {name: value}, "*": {name: value}}.
Basis basis_of(const AssetDef& asset, const Json& config);

std::string to_text(const Basis& basis);
std::optional<Basis> parse_basis(std::string_view text);  // nothing where it is not known

// What makes data of `before` stale, one difference each. An input's `asset` is empty for what
// concerns none.
struct BasisChange {
  enum class Kind { input_added, input_removed, mapping, config };
  Kind kind = Kind::config;
  std::string asset;
  std::string text;
};
std::vector<BasisChange> changes_between(const Basis& before, const Basis& now);

}  // namespace partita
