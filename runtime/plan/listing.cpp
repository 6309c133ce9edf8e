#include "plan/listing.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace partita {
namespace {

constexpr std::int64_t kNotListed = std::numeric_limits<std::int64_t>::max();

using PartitionTerms = std::vector<std::shared_ptr<const PartitionExpr>>;
using AssetTerms = std::vector<std::shared_ptr<const AssetExpr>>;

PartitionTerms terms_of(const std::shared_ptr<const PartitionExpr>& expr);

// The dimension that was typed first is the slowest.
PartitionTerms terms_by_dimension(const PartitionExpr& expr) {
  std::vector<PartitionExpr> terms{expr};
  for (std::size_t i = 0; i < expr.dimensions.size(); ++i) {
    std::vector<PartitionExpr> finer;
    const PartitionTerms parts = terms_of(expr.dimensions[i].expr);
    for (const PartitionExpr& term : terms) {
      for (const auto& part : parts) {
        finer.push_back(term);
        finer.back().dimensions[i].expr = part;
      }
    }
    terms = std::move(finer);
  }
  PartitionTerms shared;
  for (PartitionExpr& term : terms)
    shared.push_back(std::make_shared<const PartitionExpr>(std::move(term)));
  return shared;
}

PartitionTerms terms_of(const std::shared_ptr<const PartitionExpr>& expr) {
  using Kind = PartitionExpr::Kind;
  if (expr->kind == Kind::by_dimension) return terms_by_dimension(*expr);
  if (expr->kind != Kind::set_union) return {expr};
  PartitionTerms terms;
  for (const auto& part : expr->parts) {
    const PartitionTerms some = terms_of(part);
    terms.insert(terms.end(), some.begin(), some.end());
  }
  return terms;
}

template <class Change>
std::shared_ptr<const AssetExpr> changed(const AssetExpr& expr, const Change& change) {
  auto copy = std::make_shared<AssetExpr>(expr);
  change(*copy);
  return copy;
}

AssetTerms terms_of(const std::shared_ptr<const AssetExpr>& expr) {
  using Kind = AssetExpr::Kind;
  AssetTerms terms;
  if (expr->kind == Kind::set_union) {
    for (const auto& part : expr->parts) {
      const AssetTerms some = terms_of(part);
      terms.insert(terms.end(), some.begin(), some.end());
    }
  } else if (expr->kind == Kind::lineage) {
    for (const auto& part : terms_of(expr->parts.front()))
      terms.push_back(changed(*expr, [&](AssetExpr& copy) { copy.parts = {part}; }));
  } else if (expr->partitions) {
    for (const auto& part : terms_of(expr->partitions))
      terms.push_back(changed(*expr, [&](AssetExpr& copy) { copy.partitions = part; }));
  } else {
    terms.push_back(expr);
  }
  return terms;
}

bool begins_before(const ListedRun& a, const ListedRun& b) {
  return a.run.begin < b.run.begin;
}

}  // namespace

Result<std::map<std::string, Listing>> listing_of(const AssetExpr& selection, const World& world) {
  std::map<std::string, Listing> listings;
  std::map<std::string, PartitionSet> listed;
  std::int64_t place = 0;
  for (const auto& term : terms_of(std::make_shared<const AssetExpr>(selection))) {
    Result<Selected> selected = select(*term, world);
    if (!selected) return std::move(selected).error();
    for (const auto& [key, one] : *selected) {
      const auto [before, first] =
          listed.try_emplace(key, PartitionSet::none(one.partitions.shape()));
      one.partitions.minus(before->second).for_each_run([&](Run run) {
        listings[key].push_back({run, place});
        return true;
      });
      before->second = before->second.united(one.partitions);
    }
    ++place;
  }
  for (auto& [key, listing] : listings) std::sort(listing.begin(), listing.end(), begins_before);
  return listings;
}

ListedRun first_part(const Listing& listing, Run run) {
  auto next = std::upper_bound(listing.begin(), listing.end(), ListedRun{run, 0}, begins_before);
  if (next != listing.begin()) {
    const ListedRun& at = *std::prev(next);
    if (run.begin < at.run.end) return {{run.begin, std::min(run.end, at.run.end)}, at.place};
  }
  if (next != listing.end()) run.end = std::min(run.end, next->run.begin);
  return {run, kNotListed};
}

}  // namespace partita
