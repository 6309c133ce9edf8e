// What a function says of each downstream key, kept as boxes of downstream by upstream indices.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "partitions/mapping_kinds.hpp"
#include "partitions/set_boxes.hpp"

namespace partita {
namespace {

// So many answers a batch, about, and never more keys.
constexpr std::size_t kAnswersPerBatch = 32'768;
constexpr std::size_t kKeysPerBatch = 4'096;

// 32 bytes each, held twice.
constexpr std::size_t kMostBoxes = 16'000'000;

// A relation of two sides: for each run of `from`, one or more runs of `to`, as canonical boxes.
class Relation {
 public:
  Relation() = default;
  explicit Relation(std::span<const Run> boxes) : sides_(canonical_boxes(2, boxes)) {}

  std::vector<Run> image_of(const PartitionSet& set) const {
    std::vector<Run> image;
    set.for_each_run([&](Run run) {
      for (std::size_t box = first_after(run.begin); box < size() && from(box).begin < run.end;
           ++box) {
        image.push_back(sides_[2 * box + 1]);
      }
      return true;
    });
    return image;
  }

 private:
  std::size_t size() const { return sides_.size() / 2; }
  Run from(std::size_t box) const { return sides_[2 * box]; }

  // The first box that ends after `at`: slabs are in order, and their boxes end together.
  std::size_t first_after(Index at) const {
    std::size_t low = 0;
    for (std::size_t high = size(); low < high;) {
      const std::size_t middle = low + (high - low) / 2;
      from(middle).end <= at ? low = middle + 1 : high = middle;
    }
    return low;
  }

  std::vector<Run> sides_;
};

class FunctionMapping final : public Mapping {
 public:
  struct Facts {
    std::vector<Run> boxes;                                  // downstream, upstream
    std::vector<std::pair<Index, std::string>> nonexistent;  // by the downstream that needs it
  };

  FunctionMapping(std::vector<Index> upstream_shape, std::vector<Index> downstream_shape,
                  Facts facts)
      : upstream_shape_(std::move(upstream_shape)),
        downstream_shape_(std::move(downstream_shape)),
        up_(facts.boxes),
        nonexistent_(std::move(facts.nonexistent)) {
    for (std::size_t i = 0; i < facts.boxes.size(); i += 2) {
      std::swap(facts.boxes[i], facts.boxes[i + 1]);
    }
    down_ = Relation(facts.boxes);
    std::vector<Index> blocked;
    blocked.reserve(nonexistent_.size());
    for (const auto& [downstream, key] : nonexistent_) blocked.push_back(downstream);
    blocked_ = PartitionSet::of_indices(downstream_shape_, std::move(blocked));
  }

  UpstreamPartitions upstream_of(const PartitionSet& downstream) const override {
    UpstreamPartitions result;
    result.existing = PartitionSet::of_runs(upstream_shape_, up_.image_of(downstream));
    result.blocked_downstream = downstream.intersected(blocked_);
    result.nonexistent = nonexistent_for(result.blocked_downstream);
    return result;
  }

  PartitionSet downstream_of(const PartitionSet& upstream) const override {
    return PartitionSet::of_runs(downstream_shape_, down_.image_of(upstream));
  }

 private:
  std::vector<std::string> nonexistent_for(const PartitionSet& blocked) const {
    std::vector<std::string> keys;
    blocked.for_each([&](Index downstream) {
      auto at = std::ranges::lower_bound(nonexistent_, downstream, {},
                                         &std::pair<Index, std::string>::first);
      for (; at != nonexistent_.end() && at->first == downstream; ++at) {
        if (std::ranges::find(keys, at->second) == keys.end()) keys.push_back(at->second);
        if (keys.size() == kMissingKeysShown) return false;
      }
      return true;
    });
    return keys;
  }

  std::vector<Index> upstream_shape_;
  std::vector<Index> downstream_shape_;
  Relation up_;    // downstream to upstream
  Relation down_;  // upstream to downstream
  std::vector<std::pair<Index, std::string>> nonexistent_;
  PartitionSet blocked_;
};

// Asks about every downstream key, and takes the answers down.
class FunctionReader {
 public:
  FunctionReader(const MappingSpec& spec, const PartitionSpace& upstream,
                 const PartitionSpace& downstream, KeyFunctions& functions)
      : spec_(spec), upstream_(upstream), downstream_(downstream), functions_(functions) {}

  Result<FunctionMapping::Facts> read() {
    std::size_t keys = 16;  // until it is known how much is said of one
    for (Index next = 0; next < downstream_.size();) {
      const Index end = std::min(downstream_.size(), next + static_cast<Index>(keys));
      std::vector<Index> indices(static_cast<std::size_t>(end - next));
      std::iota(indices.begin(), indices.end(), next);
      auto answers =
          functions_.related(spec_.function, MappingSide::upstream, keys_at(downstream_, indices));
      if (!answers) return std::move(answers).error();
      std::size_t total = 1;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        total += (*answers)[i].size();
        take(indices[i], (*answers)[i]);
      }
      if (facts_.boxes.size() / 2 > kMostBoxes) return too_much();
      keys = std::clamp<std::size_t>(indices.size() * kAnswersPerBatch / total, 1, kKeysPerBatch);
      next = end;
    }
    return std::move(facts_);
  }

 private:
  void take(Index downstream, std::vector<std::string>& keys) {
    std::vector<Index> indices;
    std::size_t absent = 0;
    for (std::string& key : keys) {
      if (const auto index = upstream_.index_of(key)) {
        indices.push_back(*index);
      } else if (!spec_.allow_missing && ++absent <= kMissingKeysShown) {
        facts_.nonexistent.emplace_back(downstream, std::move(key));
      }
    }
    const PartitionSet needed = PartitionSet::of_indices({upstream_.size()}, std::move(indices));
    const auto runs = needed.sides();
    if (std::ranges::equal(runs, last_)) return extend_last(downstream);
    last_.assign(runs.begin(), runs.end());
    for (const Run& run : runs) {
      facts_.boxes.insert(facts_.boxes.end(), {Run{downstream, downstream + 1}, run});
    }
  }

  // Keys come in order: this one follows the last directly.
  void extend_last(Index downstream) {
    const std::size_t boxes = facts_.boxes.size() / 2;
    for (std::size_t i = boxes - last_.size(); i < boxes; ++i) {
      facts_.boxes[2 * i].end = downstream + 1;
    }
  }

  Error too_much() const {
    return {ErrorCode::definitions,
            fmt::format("it relates more than {} runs of keys",
                        with_thousands(static_cast<std::int64_t>(kMostBoxes))),
            "a mapping of another kind says as much without naming each key"};
  }

  const MappingSpec& spec_;
  const PartitionSpace& upstream_;
  const PartitionSpace& downstream_;
  KeyFunctions& functions_;
  FunctionMapping::Facts facts_;
  std::vector<Run> last_;  // what the key before needs
};

}  // namespace

Result<MappingPtr> make_function_mapping(const MappingSpec& spec, const SpacePtr& upstream,
                                         const SpacePtr& downstream, KeyFunctions& functions) {
  auto facts = FunctionReader(spec, *upstream, *downstream, functions).read();
  if (!facts) return std::move(facts).error().wrap("ask function " + spec.name);
  return MappingPtr(
      std::make_shared<FunctionMapping>(upstream->shape(), downstream->shape(), *std::move(facts)));
}

}  // namespace partita
