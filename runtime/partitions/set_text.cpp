// PartitionSets in the selection grammar.
#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "partitions/set.hpp"
#include "partitions/set_boxes.hpp"

namespace partita {
namespace {

constexpr Index kShortestRange = 3;  // two keys are listed, more are a range

class SetText {
 public:
  SetText(const PartitionSpace& space, std::size_t limit, bool closed = false)
      : space_(space), limit_(limit), closed_(closed) {}

  std::string of(const PartitionSet& set) const {
    if (set.empty()) return "{}";
    if (space_.rank() == 1) return runs_text(0, set.sides());
    if (!closed_ && set == PartitionSet::all(set.shape())) return "all";
    if (set.count() == static_cast<Index>(set.box_count())) return keys_text(set);
    const std::vector<std::string> terms =
        terms_of({set.sides().data(), set.box_count(), space_.rank(), 0});
    if (terms.size() == 1) return terms.front();
    return fmt::format("({})", join(limited(terms), " or "));
  }

 private:
  std::vector<std::string> limited(std::vector<std::string> pieces) const {
    if (pieces.size() > limit_) {
      pieces.resize(limit_);
      pieces.emplace_back("...");
    }
    return pieces;
  }

  static std::string list_text(const std::vector<std::string>& pieces) {
    return pieces.size() == 1 ? pieces.front() : fmt::format("{{{}}}", join(pieces, ","));
  }

  std::string runs_text(std::size_t dimension, std::span<const Run> runs) const {
    const DimensionSpace& keys = space_.dimension(dimension);
    std::vector<std::string> pieces;
    for (const Run& run : runs) {
      if (pieces.size() > limit_) break;
      const std::string first = quoted_key(keys.key_at(run.begin));
      const std::string last = quoted_key(keys.key_at(run.end - 1));
      if (run.size() >= kShortestRange) {
        pieces.push_back(fmt::format("{}..{}", first, last));
        continue;
      }
      pieces.push_back(first);
      if (run.size() > 1) pieces.push_back(last);
    }
    return list_text(limited(std::move(pieces)));
  }

  std::string keys_text(const PartitionSet& set) const {
    std::vector<std::string> pieces;
    set.for_each([&](Index index) {
      pieces.push_back(quoted_key(space_.key_at(index)));
      return pieces.size() <= limit_;
    });
    return list_text(limited(std::move(pieces)));
  }

  // Slabs of equal cross-section, wherever they lie, are one term.
  std::vector<std::string> terms_of(const BoxSection& section) const {
    std::map<std::vector<std::string>, std::size_t> places;
    std::vector<std::vector<Run>> runs;
    std::vector<std::vector<std::string>> crosses;
    for (std::size_t box = 0; box < section.count; box = section.slab_end(box)) {
      if (runs.size() > limit_) break;
      std::vector<std::string> cross;
      if (!section.innermost()) cross = terms_of(section.cross_section(box));
      const auto [place, added] = places.try_emplace(cross, runs.size());
      if (added) {
        runs.emplace_back();
        crosses.push_back(std::move(cross));
      }
      runs[place->second].push_back(section.side(box));
    }
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      append_terms(terms, section.depth, runs[i], crosses[i]);
    }
    return terms;
  }

  // A whole dimension need not be named, where it stays what it is.
  void append_terms(std::vector<std::string>& terms, std::size_t dimension,
                    const std::vector<Run>& runs, const std::vector<std::string>& cross) const {
    std::string side;
    if (closed_ || runs.front() != Run{0, space_.shape()[dimension]}) {
      side = space_.definition().dimensions[dimension].name + "=" + runs_text(dimension, runs);
    }
    if (cross.empty()) terms.push_back(side);
    for (const std::string& rest : cross) {
      const std::string_view between = side.empty() || rest.empty() ? "" : ",";
      terms.push_back(fmt::format("{}{}{}", side, between, rest));
    }
  }

  const PartitionSpace& space_;
  std::size_t limit_;
  bool closed_;
};

}  // namespace

std::string to_text(const PartitionSet& set, const PartitionSpace& space, std::size_t limit) {
  if (space.rank() == 0) return set.empty() ? "{}" : "all";
  return SetText(space, limit).of(set);
}

std::string to_closed_text(const PartitionSet& set, const PartitionSpace& space) {
  if (space.rank() == 0) return set.empty() ? "{}" : "all";
  return SetText(space, SIZE_MAX, true).of(set);
}

}  // namespace partita
