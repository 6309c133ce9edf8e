// A listing: which place a selection gives each partition by naming it before or after others.
//
// `x@{c,a}` lists c, then a; `x@b or x@a..c` lists b, then what is left of a..c. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/select.hpp"

namespace partita {

struct ListedRun {
  Run run;
  std::int64_t place = 0;  // from 0
};
// Disjoint, by where they begin.
using Listing = std::vector<ListedRun>;

// Of the assets of the selection. With lineage (`+x@{c,a}`) what c needs comes before what only a
// needs. What is joined by `and`, and a status, has one place.
Result<std::map<std::string, Listing>> listing_of(const AssetExpr& selection, const World& world);

// The part of `run` that begins where it begins and has one place; what is not listed comes after
// all that is.
ListedRun first_part(const Listing& listing, Run run);

}  // namespace partita
