// The selection grammar: one parser, used by the shell, the page and the SDK.
//
//   x  sales_*  *  group:g  kind:k  tag:x=y  plugin:p  owner:o  +x  2+x  x+  x+1  and or not ( )
//   and partitions after `@`:  x@2024-01-01  x@a..b  x@a..  x@..b  x@{a,b,c..d}  x@us|2024-01-01
//   x@country=Japan,month=2020-01-01..  x@latest  x@latest-7 (one)  x@latest-7.. (the last eight)
//   x@missing  x@failed  x@stale  x@materialized  x@all, combined as x@(failed or not 2024..)
//
// `and`, `or` and `not` outside of parentheses after `@` join assets. A key other than letters,
// digits and `_-.:|/` stands in double quotes, with `\` before `"` and `\`; so does one that reads
// as a word of the grammar. Partitions after `(...)` hold for every asset in it; there they may
// only be joined by `or`.
//
// Parsing knows neither assets nor spaces; evaluation of the asset part is the planner's (it knows
// the catalog), evaluation of the partition part is here. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"

namespace partita {

// Partitions of one asset, as typed.
struct PartitionExpr {
  enum class Kind {
    all,
    missing,
    failed,
    stale,
    materialized,
    key,     // text
    range,   // from..to, either may be empty; both ends included
    latest,  // latest-OFFSET; with `open`, from there to the last; of a product, along its time
    by_dimension,  // every part holds for its dimension
    set_union,
    set_intersection,
    set_not,  // parts; the union of no parts is empty
  };
  struct DimensionPart {
    std::string dimension;
    std::shared_ptr<const PartitionExpr> expr;
  };
  Kind kind = Kind::all;
  std::size_t column = 0;  // where it was typed, in characters from 1
  std::string text;
  std::string from, to;
  Index offset = 0;
  bool open = false;
  std::vector<DimensionPart> dimensions;
  std::vector<std::shared_ptr<const PartitionExpr>> parts;
};

// Assets, as typed.
struct AssetExpr {
  enum class Kind {
    name,
    glob,
    group,
    kind,
    tag,
    plugin,
    owner,
    all,
    set_union,
    set_intersection,
    set_not,
    lineage
  };
  Kind kind = Kind::all;
  std::size_t column = 0;
  std::string text;       // the name, the pattern or the attribute's value (tag: `x=y` or `x`)
  int upstream_hops = 0;  // Kind::lineage: -1 is any number
  int downstream_hops = 0;
  std::shared_ptr<const PartitionExpr> partitions;  // null: none were typed
  std::vector<std::shared_ptr<const AssetExpr>> parts;
};

// Errors carry the column and show the place:
//   expected a key after `@`
//     sales@
//           ^
Result<std::shared_ptr<const AssetExpr>> parse_selection(std::string_view text);
Result<std::shared_ptr<const PartitionExpr>> parse_partitions(std::string_view text);

// The partitions of one space in each status, as a selection may ask for them.
struct StatusSets {
  PartitionSet materialized;  // ever, and not wiped: its complement is @missing
  PartitionSet failed;        // the last attempt failed
  PartitionSet stale;         // materialized and stale
  PartitionSet skipped;       // the last attempt found nothing to do
};

// Refuses keys that do not exist, with what was near. Both ends of a range are included, a reversed
// range is refused; a range between two keys of a product is the box between them.
Result<PartitionSet> evaluate(const PartitionExpr& expr, const PartitionSpace& space,
                              const StatusSets& statuses);

// `key` quoted if the grammar needs it: product_performance@"Home and Garden".
std::string quoted_key(std::string_view key);

}  // namespace partita
