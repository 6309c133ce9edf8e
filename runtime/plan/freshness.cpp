#include "plan/freshness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/basis.hpp"
#include "plan/newer_inputs.hpp"

namespace partita {
namespace {

StaleReason::Kind kind_of(BasisChange::Kind kind) {
  switch (kind) {
    case BasisChange::Kind::input_added:
      return StaleReason::Kind::input_added;
    case BasisChange::Kind::input_removed:
      return StaleReason::Kind::input_removed;
    case BasisChange::Kind::mapping:
      return StaleReason::Kind::mapping;
    case BasisChange::Kind::config:
      break;
  }
  return StaleReason::Kind::config;
}

class Judge {
 public:
  Judge(const AssetDef& asset, const World& world, const Made& made, std::vector<Index> shape)
      : asset_(asset), world_(world), made_(made), shape_(std::move(shape)) {}

  Result<Freshness> judge() {
    found_.stale = found_.unknown = PartitionSet::none(shape_);
    if (made_.stretches.empty()) return std::move(found_);
    if (const std::string blocked = world_.catalog->blocked_reason(asset_); !blocked.empty()) {
      cannot_say(blocked);
      return std::move(found_);
    }
    const std::string code_version = world_.catalog->code_version(asset_);
    const Basis basis = basis_of(asset_, world_.config);
    for (std::size_t by = 0; by < made_.by.size(); ++by) {
      compare_code(by, code_version);
      compare_basis(by, basis);
    }
    for (const Dependency& dep : asset_.deps) compare_inputs(dep);
    found_.unknown = found_.unknown.minus(found_.stale);
    return std::move(found_);
  }

 private:
  void add(StaleReason::Kind kind, std::string asset, std::string text, PartitionSet partitions) {
    if (partitions.empty()) return;
    found_.stale = found_.stale.united(partitions);
    for (StaleReason& known : found_.reasons) {
      if (known.kind != kind || known.text != text) continue;
      known.partitions = known.partitions.united(partitions);
      return;
    }
    found_.reasons.push_back({kind, std::move(asset), std::move(text), std::move(partitions)});
  }

  void cannot_say(const std::string& reason) {
    std::vector<Run> runs;
    for (const MadeStretch& stretch : made_.stretches) runs.push_back(stretch.indices);
    found_.unknown = PartitionSet::of_runs(shape_, std::move(runs));
    found_.unknown_reason = reason;
  }

  PartitionSet made_by(std::size_t by) const {
    std::vector<Run> runs;
    for (const MadeStretch& stretch : made_.stretches) {
      if (stretch.by == by) runs.push_back(stretch.indices);
    }
    return PartitionSet::of_runs(shape_, std::move(runs));
  }

  void compare_code(std::size_t by, const std::string& now) {
    const std::string& before = made_.by[by].code_version;
    if (now.empty() || before == now) return;
    // Reported: what it was reported by is known, and not what made it.
    if (made_.by[by].code_hash.empty()) {
      found_.unknown = found_.unknown.united(made_by(by));
      found_.unknown_reason = fmt::format("reported, with code version {}, and now it is {}",
                                          before.empty() ? "not declared" : before, now);
      return;
    }
    add(StaleReason::Kind::code, {},
        fmt::format("code version {} -> {}", before.empty() ? "not declared" : before, now),
        made_by(by));
  }

  void compare_basis(std::size_t by, const Basis& now) {
    const std::optional<Basis> before = parse_basis(made_.by[by].basis);
    if (!before) return;
    for (BasisChange& change : changes_between(*before, now))
      add(kind_of(change.kind), std::move(change.asset), std::move(change.text), made_by(by));
  }

  void compare_inputs(const Dependency& dep) {
    const AssetDef* upstream = world_.catalog->asset(dep.asset);
    if (upstream == nullptr) return;
    auto mapping = mapping_between(dep, *upstream, asset_, world_);
    if (!mapping) return cannot_say(mapping.error().message);
    Result<Outdated> found = outdated(made_, shape_, *upstream, **mapping, world_);
    if (!found) return cannot_say(found.error().message);
    add(StaleReason::Kind::upstream, dep.asset, fmt::format("{} changed", dep.asset),
        std::move(found->changed));
    add(StaleReason::Kind::upstream, dep.asset, fmt::format("{} was wiped", dep.asset),
        std::move(found->gone));
    compare_keys(dep, *upstream);
  }

  // Who read whatever keys there were, read those that were removed since.
  void compare_keys(const Dependency& dep, const AssetDef& upstream) {
    Result<std::vector<LostKeys>> lost = world_.lost_keys(upstream);
    if (!lost) return cannot_say(lost.error().message);
    for (const LostKeys& keys : *lost) {
      if (!reads_all_of(keys, dep.mapping)) continue;
      std::vector<Run> runs;
      for (const MadeStretch& stretch : made_.stretches) {
        if (keys.made_seq <= stretch.read_seq && stretch.read_seq < keys.lost_seq)
          runs.push_back(stretch.indices);
      }
      add(StaleReason::Kind::upstream, dep.asset,
          fmt::format("keys of {} that {} had were removed", keys.set, dep.asset),
          PartitionSet::of_runs(shape_, std::move(runs)));
    }
  }

  // Not where its own partitions are by the same keys, or the mapping names some.
  bool reads_all_of(const LostKeys& keys, const MappingSpec& mapping) const {
    for (const Dimension& dimension : asset_.partitions.dimensions) {
      const auto* dynamic = std::get_if<DynamicDimension>(&dimension.kind);
      if (dynamic != nullptr && dynamic->set == keys.set) return false;
    }
    switch (mapping.kind) {
      case MappingSpec::Kind::inferred:
      case MappingSpec::Kind::all:
        return true;
      case MappingSpec::Kind::multi_to_single:
        return mapping.dimension != keys.dimension;
      case MappingSpec::Kind::multi:
        return std::all_of(mapping.parts.begin(), mapping.parts.end(), [&](const auto& part) {
          return part.upstream_dimension != keys.dimension ||
                 part.mapping->kind == MappingSpec::Kind::all;
        });
      default:
        return false;
    }
  }

  const AssetDef& asset_;
  const World& world_;
  const Made& made_;
  const std::vector<Index> shape_;
  Freshness found_;
};

}  // namespace

const char* to_text(StaleReason::Kind kind) {
  switch (kind) {
    case StaleReason::Kind::code:
      return "code_version";
    case StaleReason::Kind::upstream:
      return "upstream";
    case StaleReason::Kind::input_added:
      return "dependency_added";
    case StaleReason::Kind::input_removed:
      return "dependency_removed";
    case StaleReason::Kind::mapping:
      return "mapping";
    case StaleReason::Kind::config:
      break;
  }
  return "config";
}

Result<Freshness> freshness_of(const AssetDef& asset, const World& world) {
  Result<SpacePtr> space = world.space(asset);
  if (!space) return std::move(space).error();
  Result<const Made*> made = world.made(asset);
  if (!made) return std::move(made).error();
  return Judge(asset, world, **made, (*space)->shape()).judge();
}

}  // namespace partita
