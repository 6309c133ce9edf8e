#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "partitions/selection_text.hpp"

namespace partita {
namespace {

using Kind = PartitionExpr::Kind;

Error no_status_of_dimension() {
  return usage_error("refuse a status of one dimension",
                     "join it to the keys instead: `x@(date=a..b and missing)`");
}

// One dimension as a space of its own. Does not own it.
PartitionSpace space_of_dimension(const PartitionSpace& space, std::size_t i) {
  PartitionsDefinition definition;
  definition.dimensions.push_back(space.definition().dimensions[i]);
  return {std::move(definition), {{std::shared_ptr<const void>(), &space.dimension(i)}}};
}

std::vector<std::string> dimension_names(const PartitionSpace& space) {
  std::vector<std::string> names;
  for (const Dimension& dimension : space.definition().dimensions) names.push_back(dimension.name);
  return names;
}

class Evaluation {
 public:
  // Statuses are null within a dimension.
  Evaluation(const PartitionSpace& space, const StatusSets* statuses)
      : space_(space), statuses_(statuses) {}

  Result<PartitionSet> of(const PartitionExpr& expr) const {
    switch (expr.kind) {
      case Kind::all:
        return PartitionSet::all(space_.shape());
      case Kind::missing:
      case Kind::failed:
      case Kind::stale:
      case Kind::materialized:
        return status(expr.kind);
      case Kind::key:
        return key(expr.text);
      case Kind::range:
        return range(expr);
      case Kind::latest:
        return latest(expr);
      case Kind::by_dimension:
        return by_dimension(expr);
      case Kind::set_union:
        return united(expr);
      case Kind::set_intersection:
        return intersected(expr);
      case Kind::set_not:
        break;
    }
    auto part = of(*expr.parts.front());
    if (!part) return part;
    return part->complement();
  }

 private:
  Result<PartitionSet> status(Kind kind) const {
    if (statuses_ == nullptr) return no_status_of_dimension();
    if (kind == Kind::missing) return statuses_->materialized.complement();
    if (kind == Kind::failed) return statuses_->failed;
    return kind == Kind::stale ? statuses_->stale : statuses_->materialized;
  }

  Result<Index> find(const std::string& key) const {
    auto index = space_.find(key);
    if (index || statuses_ == nullptr) return index;
    const bool is_word =
        std::find(kPartitionWords.begin(), kPartitionWords.end(), key) != kPartitionWords.end();
    const std::string suggestion =
        is_word ? fmt::format("as a word of the grammar it stands unquoted after `@`: `x@{}`", key)
                : did_you_mean(key, kPartitionWords);
    if (!suggestion.empty() && index.error().hint.empty()) index.error().hint = suggestion;
    return index;
  }

  Result<PartitionSet> key(const std::string& text) const {
    const auto index = find(text);
    if (!index) return index.error();
    return PartitionSet::of_index(space_.shape(), *index);
  }

  Result<PartitionSet> range(const PartitionExpr& expr) const {
    if (space_.rank() > 1 && (expr.from.empty() || expr.to.empty())) return open_range_of_product();
    const auto from = expr.from.empty() ? Result<Index>(Index{0}) : find(expr.from);
    if (!from) return from.error();
    const auto to = expr.to.empty() ? Result<Index>(space_.size() - 1) : find(expr.to);
    if (!to) return to.error();
    return box_between(expr, space_.coordinates(*from), space_.coordinates(*to));
  }

  // Along every dimension from one key's to the other's, both included.
  Result<PartitionSet> box_between(const PartitionExpr& expr, const std::vector<Index>& from,
                                   const std::vector<Index>& to) const {
    std::vector<Run> sides;
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i] > to[i]) return reversed(expr, i, from[i], to[i]);
      sides.push_back({from[i], to[i] + 1});
    }
    return PartitionSet::box(space_.shape(), std::move(sides));
  }

  Error reversed(const PartitionExpr& expr, std::size_t i, Index from, Index to) const {
    const std::string first = quoted_key(space_.dimension(i).key_at(from));
    const std::string last = quoted_key(space_.dimension(i).key_at(to));
    return usage_error(
        fmt::format("refuse the reversed range `{}..{}`: `{}` comes after `{}`",
                    quoted_key(expr.from), quoted_key(expr.to), first, last),
        space_.rank() == 1 ? fmt::format("did you mean `{}..{}`?", last, first) : "");
  }

  Error open_range_of_product() const {
    const std::string name = space_.definition().dimensions.front().name;
    return usage_error("refuse a range with one end over several dimensions",
                       fmt::format("name the dimension: `{}=KEY..`", name));
  }

  Result<PartitionSet> latest(const PartitionExpr& expr) const {
    if (space_.rank() == 0) return PartitionSet::all({});
    const auto along = time_dimension();
    if (!along) return along.error();
    const Index size = space_.shape()[*along];
    const Index last = size - 1;
    if (!expr.open && expr.offset > last) return too_few(expr, size);
    std::vector<Run> sides;
    for (const Index side : space_.shape()) sides.push_back({0, side});
    sides[*along].begin = expr.offset > last ? 0 : last - expr.offset;
    if (!expr.open) sides[*along].end = sides[*along].begin + 1;
    return PartitionSet::box(space_.shape(), std::move(sides));
  }

  Error too_few(const PartitionExpr& expr, Index size) const {
    const std::string typed = expr.offset == 0 ? "latest" : fmt::format("latest-{}", expr.offset);
    if (size == 0) {
      return {
          ErrorCode::not_found, fmt::format("find no partition `{}`: none exists yet", typed), {}};
    }
    return {ErrorCode::not_found,
            fmt::format("find no partition `{}` among {}", typed, count_of(size, "partition")),
            fmt::format("`latest-{}..` is all of them", size - 1)};
  }

  // The one that `latest` goes along.
  Result<std::size_t> time_dimension() const {
    if (space_.rank() == 1) return std::size_t{0};
    std::optional<std::size_t> found;
    bool several = false;
    for (std::size_t i = 0; i < space_.rank(); ++i) {
      if (!space_.dimension(i).has_windows()) continue;
      several = found.has_value();
      found = i;
    }
    if (found && !several) return *found;
    return usage_error("refuse `latest` of a product without exactly one dimension in time",
                       fmt::format("name the dimension: `{}=latest`",
                                   space_.definition().dimensions.front().name));
  }

  Result<PartitionSet> by_dimension(const PartitionExpr& expr) const {
    std::vector<PartitionSet> sides;
    for (const Index side : space_.shape()) sides.push_back(PartitionSet::all({side}));
    for (const PartitionExpr::DimensionPart& part : expr.dimensions) {
      const auto i = space_.dimension_named(part.dimension);
      if (!i || part.dimension.empty()) return unknown_dimension(part.dimension);
      auto side = Evaluation(space_of_dimension(space_, *i), nullptr).of(*part.expr);
      if (!side) return std::move(side).error().wrap("dimension " + part.dimension);
      sides[*i] = sides[*i].intersected(*side);
    }
    return PartitionSet::product(sides);
  }

  Error unknown_dimension(const std::string& name) const {
    const std::vector<std::string> names = dimension_names(space_);
    if (space_.rank() < 2) {
      return usage_error(fmt::format("find no dimension `{}`: not a product of dimensions", name),
                         "type the key alone, in quotes if there is a `=` in it");
    }
    const std::string near = did_you_mean(name, names);
    return usage_error(fmt::format("find no dimension `{}`", name),
                       near.empty() ? "the dimensions are " + join(names, ", ") : near);
  }

  // Keys are gathered first: a list of many would otherwise be united one by one.
  Result<PartitionSet> united(const PartitionExpr& expr) const {
    std::vector<Index> keys;
    PartitionSet set = PartitionSet::none(space_.shape());
    for (const auto& part : expr.parts) {
      if (part->kind == Kind::key) {
        const auto index = find(part->text);
        if (!index) return index.error();
        keys.push_back(*index);
        continue;
      }
      const auto other = of(*part);
      if (!other) return other;
      set = set.united(*other);
    }
    return keys.empty() ? set
                        : set.united(PartitionSet::of_indices(space_.shape(), std::move(keys)));
  }

  Result<PartitionSet> intersected(const PartitionExpr& expr) const {
    PartitionSet set = PartitionSet::all(space_.shape());
    for (const auto& part : expr.parts) {
      const auto other = of(*part);
      if (!other) return other;
      set = set.intersected(*other);
    }
    return set;
  }

  const PartitionSpace& space_;
  const StatusSets* statuses_;
};

}  // namespace

Result<PartitionSet> evaluate(const PartitionExpr& expr, const PartitionSpace& space,
                              const StatusSets& statuses) {
  return Evaluation(space, &statuses).of(expr);
}

}  // namespace partita
