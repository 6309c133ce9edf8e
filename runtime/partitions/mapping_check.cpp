#include "partitions/mapping_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "partitions/key.hpp"
#include "partitions/mapping_kinds.hpp"

namespace partita {
namespace {

constexpr std::size_t kKeysPerBatch = 1'024;

// At most `most` of `size`, the first and the last among them.
std::vector<Index> sample(Index size, Index most) {
  const Index count = std::min(size, most);
  std::vector<Index> indices(static_cast<std::size_t>(count));
  // In two steps, as the product of two such numbers need not fit.
  const Index gaps = std::max<Index>(count - 1, 1);
  for (Index i = 0; i < count; ++i) {
    indices[static_cast<std::size_t>(i)] = i * ((size - 1) / gaps) + i * ((size - 1) % gaps) / gaps;
  }
  return indices;
}

std::string shown(const std::string& key) {
  return "`" + printable_key(key) + "`";
}

std::string shown(const std::vector<std::string>& keys) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(keys.size(), kShown); ++i) texts.push_back(shown(keys[i]));
  if (keys.size() > kShown) texts.push_back(fmt::format("{} more", keys.size() - kShown));
  return texts.empty() ? "nothing" : join(texts, ", ");
}

// One direction of a function: what it says of keys it has been asked about.
class Direction {
 public:
  Direction(const MappingSpec& spec, MappingSide side, const PartitionSpace& of,
            const PartitionSpace& to, KeyFunctions& functions)
      : spec_(spec), side_(side), of_(of), to_(to), functions_(functions) {}

  // Asks twice, the second time in the other order. A value: where the two answers differ.
  Result<std::optional<FunctionFault>> learn(std::vector<Index> indices) {
    std::erase_if(indices, [&](Index index) { return known_.contains(index); });
    auto first = ask(indices);
    if (!first) return std::move(first).error();
    std::ranges::reverse(indices);
    auto second = ask(indices);
    if (!second) return std::move(second).error();
    std::ranges::reverse(indices);
    std::ranges::reverse(*second);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      std::vector<std::string>& one = (*first)[i];
      if (one != (*second)[i]) return differs(indices[i], one, (*second)[i]);
      known_[indices[i]] = existing(one);
    }
    return std::optional<FunctionFault>();
  }

  // What is known of the other side's keys, at most `most` of them.
  std::vector<Index> mentioned(Index most) const {
    std::vector<Index> indices;
    for (const auto& [index, related] : known_) {
      if (std::ssize(indices) > most) break;
      indices.insert(indices.end(), related.begin(), related.end());
    }
    std::ranges::sort(indices);
    indices.erase(std::ranges::unique(indices).begin(), indices.end());
    if (std::ssize(indices) > most) indices.resize(static_cast<std::size_t>(most));
    return indices;
  }

  // A pair that this says and the other, asked about it, does not: of this side, of the other.
  std::optional<std::pair<Index, Index>> unsaid_by(const Direction& other) const {
    for (const auto& [index, related] : known_) {
      for (const Index there : related) {
        const auto back = other.known_.find(there);
        if (back == other.known_.end()) continue;
        if (!std::ranges::binary_search(back->second, index)) return {{index, there}};
      }
    }
    return std::nullopt;
  }

  std::string key(Index index) const { return of_.key_at(index); }
  std::string answer(Index index) const {
    std::vector<std::string> keys;
    for (const Index there : known_.at(index)) keys.push_back(to_.key_at(there));
    return shown(keys);
  }

 private:
  // Answers in an order of their own, as sets are compared.
  Result<RelatedKeys> ask(const std::vector<Index>& indices) {
    RelatedKeys all;
    for (std::size_t begin = 0; begin < indices.size(); begin += kKeysPerBatch) {
      const std::size_t size = std::min(kKeysPerBatch, indices.size() - begin);
      const auto batch = keys_at(of_, std::span(indices).subspan(begin, size));
      auto answers = functions_.related(spec_.function, side_, batch);
      if (!answers) return std::move(answers).error();
      for (std::vector<std::string>& keys : *answers) {
        std::ranges::sort(keys);
        keys.erase(std::ranges::unique(keys).begin(), keys.end());
        all.push_back(std::move(keys));
      }
    }
    return all;
  }

  std::vector<Index> existing(const std::vector<std::string>& keys) const {
    std::vector<Index> indices;
    for (const std::string& key : keys) {
      if (const auto index = to_.index_of(key)) indices.push_back(*index);
    }
    std::ranges::sort(indices);
    return indices;
  }

  std::optional<FunctionFault> differs(Index index, const std::vector<std::string>& first,
                                       const std::vector<std::string>& second) const {
    return FunctionFault{
        "function_differs",
        fmt::format(
            "{}function {} says of {} first {}, then {}: it has to answer from the key alone",
            side_ == MappingSide::upstream ? "" : "the inverse of ", spec_.name, shown(key(index)),
            shown(first), shown(second))};
  }

  const MappingSpec& spec_;
  MappingSide side_;
  const PartitionSpace& of_;
  const PartitionSpace& to_;
  KeyFunctions& functions_;
  std::map<Index, std::vector<Index>> known_;
};

class FunctionCheck {
 public:
  FunctionCheck(const MappingSpec& spec, const PartitionSpace& upstream,
                const PartitionSpace& downstream, KeyFunctions& functions, Index most)
      : spec_(spec),
        upstream_(upstream),
        downstream_(downstream),
        most_(most),
        forward_(spec, MappingSide::upstream, downstream, upstream, functions),
        inverse_(spec, MappingSide::downstream, upstream, downstream, functions) {}

  Result<std::optional<FunctionFault>> run() {
    auto fault = forward_.learn(sample(downstream_.size(), most_));
    if (!fault || *fault || !spec_.has_inverse) return fault;
    fault = inverse_.learn(sample(upstream_.size(), most_));
    if (!fault || *fault) return fault;
    fault = inverse_.learn(forward_.mentioned(most_));
    if (!fault || *fault) return fault;
    fault = forward_.learn(inverse_.mentioned(most_));
    if (!fault || *fault) return fault;
    return compare();
  }

 private:
  std::optional<FunctionFault> compare() const {
    if (const auto pair = forward_.unsaid_by(inverse_)) {
      return FunctionFault{
          "function_disagrees",
          fmt::format("function {} and its inverse disagree: {} needs {}, of which the inverse "
                      "says {}",
                      spec_.name, shown(forward_.key(pair->first)),
                      shown(inverse_.key(pair->second)), inverse_.answer(pair->second))};
    }
    if (const auto pair = inverse_.unsaid_by(forward_)) {
      return FunctionFault{
          "function_disagrees",
          fmt::format("function {} and its inverse disagree: by the inverse {} feeds {}, which "
                      "needs {}",
                      spec_.name, shown(inverse_.key(pair->first)),
                      shown(forward_.key(pair->second)), forward_.answer(pair->second))};
    }
    return std::nullopt;
  }

  const MappingSpec& spec_;
  const PartitionSpace& upstream_;
  const PartitionSpace& downstream_;
  Index most_;
  Direction forward_;
  Direction inverse_;
};

}  // namespace

Result<std::vector<FunctionFault>> check_functions(const MappingSpec& spec,
                                                   const SpacePtr& upstream,
                                                   const SpacePtr& downstream,
                                                   KeyFunctions& functions, Index most) {
  std::vector<FunctionFault> faults;
  const auto check = [&](const MappingSpec& function, const SpacePtr& up,
                         const SpacePtr& down) -> Result<MappingPtr> {
    auto fault = FunctionCheck(function, *up, *down, functions, most).run();
    if (!fault) {
      faults.push_back({"function_failed",
                        std::move(fault).error().wrap("ask function " + function.name).message});
    } else if (*fault) {
      faults.push_back(**std::move(fault));
    }
    return make_constant_mapping(PartitionSet::none(up->shape()), {}, down->shape());
  };
  auto bound = bind_mapping_with(check, spec, upstream, downstream);
  if (!bound) return std::move(bound).error();
  return faults;
}

}  // namespace partita
