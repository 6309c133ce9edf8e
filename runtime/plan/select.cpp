#include "plan/select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/text.hpp"
#include "plan/freshness.hpp"

namespace partita {
namespace {

class Selector {
 public:
  explicit Selector(const World& world) : world_(world), catalog_(*world.catalog) {}

  Result<Selected> evaluate(const AssetExpr& expr) {
    using Kind = AssetExpr::Kind;
    switch (expr.kind) {
      case Kind::set_union:
        return combine(expr, &Selector::unite);
      case Kind::set_intersection:
        return combine(expr, &Selector::intersect);
      case Kind::set_not:
        return complement(expr);
      case Kind::lineage:
        return lineage(expr);
      default:
        return atoms(expr);
    }
  }

 private:
  using Combine = void (*)(Selected& into, const Selected& other);

  Result<Selected> combine(const AssetExpr& expr, Combine combine_two) {
    Selected all;
    for (std::size_t i = 0; i < expr.parts.size(); ++i) {
      Result<Selected> part = evaluate(*expr.parts[i]);
      if (!part) return part;
      if (i == 0) {
        all = *std::move(part);
      } else {
        combine_two(all, *part);
      }
    }
    return all;
  }

  static void unite(Selected& into, const Selected& other) {
    for (const auto& [key, selected] : other) {
      auto [at, added] = into.emplace(key, selected);
      if (added) continue;
      at->second.partitions = at->second.partitions.united(selected.partitions);
      at->second.named = at->second.named && selected.named;
    }
  }

  static void intersect(Selected& into, const Selected& other) {
    Selected both;
    for (const auto& [key, selected] : into) {
      const auto match = other.find(key);
      if (match == other.end()) continue;
      PartitionSet partitions = selected.partitions.intersected(match->second.partitions);
      if (partitions.empty()) continue;
      both.emplace(key,
                   SelectedAsset{std::move(partitions), selected.named || match->second.named});
    }
    into = std::move(both);
  }

  Result<Selected> complement(const AssetExpr& expr) {
    Result<Selected> part = evaluate(*expr.parts.front());
    if (!part) return part;
    Selected rest;
    for (const AssetDef& asset : catalog_.assets) {
      const auto taken = part->find(asset.key);
      Result<SelectedAsset> whole = all_of(asset);
      if (!whole) return std::move(whole).error();
      if (taken != part->end()) {
        whole->named = taken->second.named;
        whole->partitions = whole->partitions.minus(taken->second.partitions);
      }
      if (!whole->partitions.empty()) rest.emplace(asset.key, *std::move(whole));
    }
    return rest;
  }

  Result<SelectedAsset> all_of(const AssetDef& asset) const {
    Result<SpacePtr> space = world_.space(asset);
    if (!space) return std::move(space).error();
    return SelectedAsset{PartitionSet::all((*space)->shape()), false};
  }

  Result<SelectedAsset> some_of(const AssetDef& asset, const PartitionExpr& expr) const {
    if (!asset.partitions.is_partitioned() && names_keys(expr)) {
      return usage_error(
          fmt::format("select `{}`: it is not partitioned, so it takes no partition keys",
                      asset.key),
          fmt::format("select it as `{}`", asset.key));
    }
    Result<SpacePtr> space = world_.space(asset);
    if (!space) return std::move(space).error();
    StatusSets statuses;
    if (asks_for_status(expr)) {
      Result<StatusSets> known = world_.statuses(asset);
      if (!known) return std::move(known).error();
      statuses = *std::move(known);
    }
    if (asks_for(expr, PartitionExpr::Kind::stale)) {
      Result<const Freshness*> freshness = world_.freshness(asset);
      if (!freshness) return std::move(freshness).error();
      statuses.stale = (*freshness)->stale;
    }
    Result<PartitionSet> set = partita::evaluate(expr, **space, statuses);
    if (!set) return std::move(set).error().wrap(fmt::format("select `{}`", asset.key));
    return SelectedAsset{*std::move(set), true};
  }

  static bool is_status(const PartitionExpr& expr) {
    using Kind = PartitionExpr::Kind;
    return expr.kind == Kind::missing || expr.kind == Kind::failed || expr.kind == Kind::stale ||
           expr.kind == Kind::materialized;
  }

  static bool asks_for(const PartitionExpr& expr, PartitionExpr::Kind kind) {
    const auto in_part = [&](const auto& part) { return asks_for(*part, kind); };
    const auto in_dimension = [&](const auto& part) { return asks_for(*part.expr, kind); };
    return expr.kind == kind || std::any_of(expr.parts.begin(), expr.parts.end(), in_part) ||
           std::any_of(expr.dimensions.begin(), expr.dimensions.end(), in_dimension);
  }

  static bool asks_for_status(const PartitionExpr& expr) {
    if (is_status(expr)) return true;
    for (const auto& part : expr.parts) {
      if (asks_for_status(*part)) return true;
    }
    return std::any_of(expr.dimensions.begin(), expr.dimensions.end(),
                       [](const auto& part) { return asks_for_status(*part.expr); });
  }

  static bool names_keys(const PartitionExpr& expr) {
    using Kind = PartitionExpr::Kind;
    if (expr.kind == Kind::key || expr.kind == Kind::range || expr.kind == Kind::by_dimension)
      return true;
    return std::any_of(expr.parts.begin(), expr.parts.end(),
                       [](const auto& part) { return names_keys(*part); });
  }

  Result<Selected> atoms(const AssetExpr& expr) {
    std::vector<const AssetDef*> matching;
    for (const AssetDef& asset : catalog_.assets) {
      if (matches(expr, asset)) matching.push_back(&asset);
    }
    if (matching.empty()) return nothing_matches(expr);
    Selected selected;
    for (const AssetDef* asset : matching) {
      Result<SelectedAsset> one =
          expr.partitions ? some_of(*asset, *expr.partitions) : all_of(*asset);
      if (!one) return std::move(one).error();
      selected.emplace(asset->key, *std::move(one));
    }
    return selected;
  }

  static bool matches(const AssetExpr& expr, const AssetDef& asset) {
    using Kind = AssetExpr::Kind;
    const auto any_of = [&](const std::vector<std::string>& values) {
      return std::any_of(values.begin(), values.end(),
                         [&](const auto& v) { return glob_match(expr.text, v); });
    };
    switch (expr.kind) {
      case Kind::all:
        return true;
      case Kind::name:
        return asset.key == expr.text;
      case Kind::glob:
        return glob_match(expr.text, asset.key);
      case Kind::group:
        return glob_match(expr.text, asset.group);
      case Kind::plugin:
        return glob_match(expr.text, asset.plugin);
      case Kind::kind:
        return any_of(asset.kinds);
      case Kind::owner:
        return any_of(asset.owners);
      case Kind::tag:
        return std::any_of(asset.tags.begin(), asset.tags.end(), [&](const auto& tag) {
          return expr.text == tag.first || glob_match(expr.text, tag.first + "=" + tag.second);
        });
      default:
        return false;
    }
  }

  Error nothing_matches(const AssetExpr& expr) const {
    using Kind = AssetExpr::Kind;
    if (expr.kind == Kind::name) return no_such_asset(ErrorCode::usage, expr.text, world_);
    return usage_error(
        fmt::format("select {}: no asset matches", describe(expr)),
        "`partita list` shows the assets, `partita show ASSET` their groups, kinds and tags");
  }

  static std::string describe(const AssetExpr& expr) {
    using Kind = AssetExpr::Kind;
    switch (expr.kind) {
      case Kind::group:
        return "`group:" + expr.text + "`";
      case Kind::kind:
        return "`kind:" + expr.text + "`";
      case Kind::tag:
        return "`tag:" + expr.text + "`";
      case Kind::plugin:
        return "`plugin:" + expr.text + "`";
      case Kind::owner:
        return "`owner:" + expr.text + "`";
      default:
        return "`" + (expr.text.empty() ? std::string("*") : expr.text) + "`";
    }
  }

  Result<Selected> lineage(const AssetExpr& expr) {
    Result<Selected> anchors = evaluate(*expr.parts.front());
    if (!anchors) return anchors;
    Selected all = *anchors;
    if (Status up = follow(*anchors, expr.upstream_hops, &Selector::upstream_of, all); !up)
      return up.error();
    if (Status down = follow(*anchors, expr.downstream_hops, &Selector::downstream_of, all);
        !down) {
      return down.error();
    }
    return all;
  }

  // One hop from a selected asset, into `next`.
  using Hop = Status (Selector::*)(const AssetDef& asset, const SelectedAsset& from,
                                   Selected& next);

  // In so many hops from asset to asset; fewer than none: all the way, also within an asset that
  // reads itself.
  Status follow(const Selected& anchors, int hops, Hop hop, Selected& all) {
    Selected frontier = anchors;
    const bool all_the_way = hops < 0;
    const int limit = all_the_way ? static_cast<int>(catalog_.assets.size()) : hops;
    for (int i = 0; i <= limit && !frontier.empty(); ++i) {
      if (Status followed = all_the_way ? follow_within(frontier, hop) : Status(); !followed)
        return followed;
      unite(all, frontier);
      if (i == limit) break;
      Selected next;
      for (const auto& [key, from] : frontier) {
        if (Status one = (this->*hop)(*catalog_.asset(key), from, next); !one) return one;
      }
      frontier = std::move(next);
    }
    return {};
  }

  Status follow_within(Selected& frontier, Hop hop) {
    for (auto& [key, from] : frontier) {
      const AssetDef& asset = *catalog_.asset(key);
      for (const Dependency& dep : asset.deps) {
        if (dep.asset != key || !from.named || !catalog_.fault_of(asset, dep).empty()) continue;
        auto mapping = mapping_between(dep, asset, asset, world_);
        if (!mapping) return std::move(mapping).error();
        add_chain(**mapping, hop == &Selector::upstream_of, from.partitions);
      }
    }
    return {};
  }

  static void add_chain(const Mapping& mapping, bool upstream, PartitionSet& partitions) {
    for (PartitionSet next = partitions; !next.empty();) {
      next = upstream ? mapping.upstream_of(next).existing : mapping.downstream_of(next);
      next = next.minus(partitions);
      partitions = partitions.united(next);
    }
  }

  Status upstream_of(const AssetDef& asset, const SelectedAsset& from, Selected& next) {
    for (const Dependency& dep : asset.deps) {
      const AssetDef* upstream = catalog_.asset(dep.asset);
      if (upstream == nullptr || upstream == &asset) continue;
      Result<SelectedAsset> there = all_of(*upstream);
      if (!there) return std::move(there).error();
      there->named = from.named;
      if (from.named && catalog_.fault_of(asset, dep).empty()) {
        auto mapping = mapping_between(dep, *upstream, asset, world_);
        if (!mapping) return std::move(mapping).error();
        *there = {(*mapping)->upstream_of(from.partitions).existing, true};
      }
      unite(next, {{upstream->key, *std::move(there)}});
    }
    return {};
  }

  Status downstream_of(const AssetDef& asset, const SelectedAsset& from, Selected& next) {
    for (const AssetDef& child : catalog_.assets) {
      for (const Dependency& dep : child.deps) {
        if (dep.asset != asset.key || &child == &asset) continue;
        Result<SelectedAsset> there = all_of(child);
        if (!there) return std::move(there).error();
        there->named = from.named;
        if (from.named && catalog_.fault_of(child, dep).empty()) {
          auto mapping = mapping_between(dep, asset, child, world_);
          if (!mapping) return std::move(mapping).error();
          *there = {(*mapping)->downstream_of(from.partitions), true};
        }
        unite(next, {{child.key, *std::move(there)}});
      }
    }
    return {};
  }

  const World& world_;
  const Catalog& catalog_;
};

}  // namespace

Result<Selected> select(const AssetExpr& expr, const World& world) {
  return Selector(world).evaluate(expr);
}

Error no_such_asset(ErrorCode code, std::string_view asset, const World& world) {
  std::vector<std::string> orphaned;
  if (world.orphaned_assets) orphaned = world.orphaned_assets();
  if (std::find(orphaned.begin(), orphaned.end(), asset) != orphaned.end()) {
    return {code, fmt::format("find asset `{}`: no definition has it any more", asset),
            fmt::format("`partita show {0}` shows what is kept of it, `partita wipe {0} --orphans` "
                        "forgets it",
                        asset)};
  }
  std::string hint = did_you_mean(asset, world.catalog->asset_keys());
  if (hint.empty()) hint = did_you_mean(asset, orphaned);
  if (hint.empty()) hint = "`partita list` shows the assets there are";
  return {code, fmt::format("find asset `{}`: there is none of that name", asset), hint};
}

Result<std::shared_ptr<const Mapping>> mapping_between(const Dependency& dep,
                                                       const AssetDef& upstream,
                                                       const AssetDef& downstream,
                                                       const World& world) {
  auto mapping = world.mapping(dep, upstream, downstream);
  if (!mapping) {
    return std::move(mapping).error().wrap(
        fmt::format("map `{}` to `{}`", upstream.key, downstream.key));
  }
  return mapping;
}

Result<PartitionSet> named_by_option(const PartitionExpr* option, const AssetDef& asset,
                                     const PartitionSet& set, const World& world) {
  if (option == nullptr) return set;
  if (!asset.partitions.is_partitioned()) {
    return usage_error(
        fmt::format("select `{}`: it is not partitioned, so it takes no --partition", asset.key));
  }
  Result<SpacePtr> space = world.space(asset);
  if (!space) return std::move(space).error();
  Result<PartitionSet> named = evaluate(*option, **space, {});
  if (!named) return std::move(named).error().wrap(fmt::format("select `{}`", asset.key));
  return named->intersected(set);
}

}  // namespace partita
