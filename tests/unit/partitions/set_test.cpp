#include "partitions/set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>

using partita::Index;
using partita::PartitionSet;
using partita::Run;

namespace {

using Shape = std::vector<Index>;

// The naive model of a set: a bit for each of at most 24 partitions.
using Bits = std::uint_fast32_t;

Index size_of(const Shape& shape) {
  Index size = 1;
  for (const Index side : shape) size *= side;
  return size;
}

Bits all_bits(const Shape& shape) {
  return (Bits{1} << size_of(shape)) - 1;
}

PartitionSet set_of(const Shape& shape, Bits bits) {
  std::vector<Index> indices;
  for (Index i = 0; i < size_of(shape); ++i) {
    if ((bits >> i & 1) != 0) indices.push_back(i);
  }
  return PartitionSet::of_indices(shape, indices);
}

Bits bits_of(const PartitionSet& set) {
  Bits bits = 0;
  set.for_each([&](Index i) {
    CHECK((bits >> i) == 0);
    bits |= Bits{1} << i;
    return true;
  });
  return bits;
}

Index coordinate(const Shape& shape, Index index, std::size_t dimension) {
  for (std::size_t d = shape.size() - 1; d > dimension; --d) index /= shape[d];
  return index % shape[dimension];
}

void check_one(const Shape& shape, Bits bits) {
  const PartitionSet set = set_of(shape, bits);
  REQUIRE(bits_of(set) == bits);
  REQUIRE(set.count() == std::popcount(bits));
  REQUIRE(set.empty() == (bits == 0));
  REQUIRE(bits_of(set.complement()) == (all_bits(shape) & ~bits));
  REQUIRE(set.complement().complement() == set);
  REQUIRE(set.first() == (bits == 0 ? std::nullopt : std::optional<Index>(std::countr_zero(bits))));
  REQUIRE(set.last() ==
          (bits == 0 ? std::nullopt : std::optional<Index>(std::bit_width(bits) - 1)));
  for (Index i = -1; i <= size_of(shape); ++i) {
    REQUIRE(set.contains(i) == (i >= 0 && (bits >> i & 1) != 0));
  }
}

void check_runs(const Shape& shape, Bits bits) {
  const PartitionSet set = set_of(shape, bits);
  std::vector<Run> runs;
  set.for_each_run([&](Run run) {
    REQUIRE((runs.empty() || runs.back().end < run.begin));
    runs.push_back(run);
    return true;
  });
  REQUIRE(PartitionSet::of_runs(shape, runs) == set);
  std::vector<Run> sides;
  Index in_boxes = 0;
  set.for_each_box([&](std::span<const Run> box) {
    sides.insert(sides.end(), box.rbegin(), box.rend());
    Index product = 1;
    for (const Run& side : box) product *= side.size();
    in_boxes += product;
    return true;
  });
  REQUIRE(in_boxes == set.count());
  std::reverse(sides.begin(), sides.end());
  REQUIRE(PartitionSet::of_boxes(
              shape, shape.empty() && bits != 0 ? std::vector<Run>{{0, 1}} : sides) == set);
}

void check_projections(const Shape& shape, Bits bits) {
  const PartitionSet set = set_of(shape, bits);
  for (std::size_t d = 0; d < shape.size(); ++d) {
    Bits expected = 0;
    for (Index i = 0; i < size_of(shape); ++i) {
      if ((bits >> i & 1) != 0) expected |= Bits{1} << coordinate(shape, i, d);
    }
    REQUIRE(bits_of(set.projected(d)) == expected);
  }
}

// Equal sets compare equal however they came about: the results are compared as values, too.
void check_pair(const Shape& shape, const PartitionSet& a, Bits a_bits, const PartitionSet& b,
                Bits b_bits) {
  REQUIRE(a.united(b) == set_of(shape, a_bits | b_bits));
  REQUIRE(a.intersected(b) == set_of(shape, a_bits & b_bits));
  REQUIRE(a.minus(b) == set_of(shape, a_bits & ~b_bits));
  REQUIRE(a.intersects(b) == ((a_bits & b_bits) != 0));
  REQUIRE(a.includes(b) == ((b_bits & ~a_bits) == 0));
  REQUIRE((a == b) == (a_bits == b_bits));
}

void check_all_pairs(const Shape& shape) {
  std::vector<PartitionSet> sets;
  for (Bits bits = 0; bits <= all_bits(shape); ++bits) sets.push_back(set_of(shape, bits));
  for (Bits a = 0; a < sets.size(); ++a) {
    for (Bits b = 0; b < sets.size(); ++b) check_pair(shape, sets[a], a, sets[b], b);
  }
}

void check_random_pairs(const Shape& shape, int count) {
  std::mt19937 random(7);
  for (int i = 0; i < count; ++i) {
    // Dense, sparse and in-between subsets.
    const Bits a = random() & (i % 2 == 0 ? random() : all_bits(shape)) & all_bits(shape);
    const Bits b = (random() | (i % 3 == 0 ? random() : 0)) & all_bits(shape);
    check_one(shape, a);
    check_runs(shape, a);
    check_projections(shape, a);
    check_pair(shape, set_of(shape, a), a, set_of(shape, b), b);
  }
}

void check_every_subset(const Shape& shape) {
  for (Bits bits = 0; bits <= all_bits(shape); ++bits) {
    check_one(shape, bits);
    check_runs(shape, bits);
    check_projections(shape, bits);
  }
}

// Every box of a shape that is not empty, with its bits.
std::vector<std::pair<PartitionSet, Bits>> boxes_of(const Shape& shape) {
  std::vector<std::vector<Run>> boxes = {{}};
  for (const Index side : shape) {
    std::vector<std::vector<Run>> longer;
    for (const std::vector<Run>& box : boxes) {
      for (Index begin = 0; begin < side; ++begin) {
        for (Index end = begin + 1; end <= side; ++end) {
          longer.push_back(box);
          longer.back().push_back({begin, end});
        }
      }
    }
    boxes = std::move(longer);
  }
  std::vector<std::pair<PartitionSet, Bits>> sets;
  for (const std::vector<Run>& box : boxes) {
    Bits bits = 0;
    for (Index i = 0; i < size_of(shape); ++i) {
      bool inside = true;
      for (std::size_t d = 0; d < shape.size(); ++d) {
        const Index at = coordinate(shape, i, d);
        inside = inside && at >= box[d].begin && at < box[d].end;
      }
      if (inside) bits |= Bits{1} << i;
    }
    sets.emplace_back(PartitionSet::box(shape, box), bits);
  }
  return sets;
}

}  // namespace

TEST_CASE("every subset of a one-dimensional space of up to eight behaves as the model") {
  for (Index size = 0; size <= 8; ++size) {
    check_every_subset({size});
  }
}

TEST_CASE("every pair of subsets of eight combines as the model") {
  check_all_pairs({8});
}

TEST_CASE("every pair of subsets of small products combines as the model") {
  for (const Shape& shape : {Shape{3, 2}, Shape{2, 3}, Shape{2, 2, 2}, Shape{1, 4, 1}}) {
    CAPTURE(shape.size());
    check_all_pairs(shape);
  }
}

TEST_CASE("every subset of every product up to 4 x 3 x 2 and twelve behaves as the model") {
  for (Index a = 1; a <= 4; ++a) {
    for (Index b = 1; b <= 3; ++b) {
      for (Index c = 1; c <= 2; ++c) {
        const Shape shape{a, b, c};
        if (size_of(shape) <= 12) check_every_subset(shape);
        check_random_pairs(shape, 100);
      }
    }
  }
}

TEST_CASE("every pair of boxes of 4 x 3 x 2 combines as the model") {
  const Shape shape{4, 3, 2};
  const auto boxes = boxes_of(shape);
  REQUIRE(boxes.size() == 180);
  for (const auto& [a, a_bits] : boxes) {
    for (const auto& [b, b_bits] : boxes) check_pair(shape, a, a_bits, b, b_bits);
  }
}

TEST_CASE("random subsets of larger products behave as the model") {
  check_random_pairs({4, 3, 2}, 2000);
  check_random_pairs({2, 3, 4}, 2000);
  check_random_pairs({4, 5}, 2000);
  check_random_pairs({2, 2, 2, 2}, 2000);
}

TEST_CASE("the unpartitioned shape has one partition, in the set or not") {
  check_one({}, 0);
  check_one({}, 1);
  check_runs({}, 0);
  check_runs({}, 1);
  check_all_pairs({});
  CHECK(PartitionSet() == PartitionSet::none({}));
  CHECK(PartitionSet::all({}).box_count() == 1);
  CHECK(PartitionSet::product({}) == PartitionSet::all({}));
}

TEST_CASE("a shape with an empty dimension has only the empty set") {
  const Shape shape{3, 0, 2};
  CHECK(PartitionSet::all(shape).empty());
  CHECK(PartitionSet::all(shape) == PartitionSet::none(shape));
  CHECK(PartitionSet::of_runs(shape, {{0, 5}}).empty());
  CHECK_FALSE(PartitionSet::all(shape).contains(0));
}

TEST_CASE("runs are clipped to the shape, sorted and joined") {
  CHECK(PartitionSet::of_runs({10}, {{5, 7}, {-3, 2}, {2, 3}, {6, 9}, {9, 99}, {4, 4}}) ==
        PartitionSet::of_indices({10}, {0, 1, 2, 5, 6, 7, 8, 9}));
  CHECK(PartitionSet::of_index({10}, 10).empty());
  CHECK(PartitionSet::of_index({10}, -1).empty());
}

TEST_CASE("a box outside of the shape is empty, one across its edge is clipped") {
  CHECK(PartitionSet::box({3, 3}, {{3, 5}, {0, 1}}).empty());
  CHECK(PartitionSet::box({3, 3}, {{1, 5}, {-1, 1}}) == PartitionSet::of_indices({3, 3}, {3, 6}));
}

TEST_CASE("overlapping boxes come to the union of all") {
  std::mt19937 random(3);
  const Shape shape{4, 3, 2};
  for (int round = 0; round < 3000; ++round) {
    std::vector<Run> sides;
    PartitionSet expected = PartitionSet::none(shape);
    for (unsigned i = 0; i < random() % 6; ++i) {
      std::vector<Run> box;
      for (const Index side : shape) {
        const auto begin = static_cast<Index>(random() % static_cast<unsigned>(side + 1));
        box.push_back({begin, begin + static_cast<Index>(random() % 4)});
      }
      sides.insert(sides.end(), box.begin(), box.end());
      expected = expected.united(PartitionSet::box(shape, box));
    }
    REQUIRE(PartitionSet::of_boxes(shape, sides) == expected);
  }
}

TEST_CASE("a product of sets is the set of their combinations") {
  const Shape shape{4, 3, 2};
  for (Bits a = 0; a < 16; ++a) {
    for (Bits b = 0; b < 8; ++b) {
      for (Bits c = 0; c < 4; ++c) {
        const std::vector<PartitionSet> sides{set_of({4}, a), set_of({3}, b), set_of({2}, c)};
        Bits expected = 0;
        for (Index i = 0; i < 24; ++i) {
          if ((a >> i / 6 & b >> i / 2 % 3 & c >> i % 2 & 1) != 0) expected |= Bits{1} << i;
        }
        REQUIRE(PartitionSet::product(sides) == set_of(shape, expected));
      }
    }
  }
}

TEST_CASE("a shifted set drops what leaves the shape") {
  for (Bits bits = 0; bits < 256; ++bits) {
    for (Index by = -9; by <= 9; ++by) {
      const Bits expected = by < 0 ? bits >> -by : bits << by & 0xff;
      REQUIRE(set_of({8}, bits).shifted(by) == set_of({8}, expected));
    }
  }
}

TEST_CASE("a walk stops where the callback says so") {
  const PartitionSet set = PartitionSet::of_indices({4, 3}, {0, 2, 4, 7});
  int seen = 0;
  set.for_each([&](Index) { return ++seen < 2; });
  CHECK(seen == 2);
  seen = 0;
  set.for_each_run([&](Run) { return ++seen < 3; });
  CHECK(seen == 3);
  seen = 0;
  set.for_each_box([&](std::span<const Run>) { return ++seen < 1; });
  CHECK(seen == 1);
}

TEST_CASE("one region of a million days is one box, whichever dimension is slower") {
  const PartitionSet last = PartitionSet::box({1'000'000, 50}, {{0, 1'000'000}, {7, 8}});
  const PartitionSet first = PartitionSet::box({50, 1'000'000}, {{7, 8}, {0, 1'000'000}});
  CHECK(last.box_count() == 1);
  CHECK(first.box_count() == 1);
  CHECK(last.count() == 1'000'000);
  CHECK(last.complement().box_count() == 2);
}

TEST_CASE("neighbouring slabs with the same cross-section are one box") {
  const PartitionSet top = PartitionSet::box({10, 10}, {{0, 5}, {2, 8}});
  const PartitionSet bottom = PartitionSet::box({10, 10}, {{5, 10}, {2, 8}});
  CHECK(top.united(bottom).box_count() == 1);
}

TEST_CASE("counting a space near the largest index does not overflow") {
  const Index half = Index{1} << 31;
  const PartitionSet all = PartitionSet::all({half, half});
  CHECK(all.count() == Index{1} << 62);
  CHECK(all.last() == (Index{1} << 62) - 1);
  CHECK(all.minus(PartitionSet::of_index({half, half}, 12345)).count() == (Index{1} << 62) - 1);
  CHECK(PartitionSet::all({half, half, 4}).count() == std::numeric_limits<Index>::max());
}

TEST_CASE("a hundred thousand scattered partitions of a product come and go by their indices") {
  const Shape shape{1000, 1000, 10};
  std::mt19937_64 random(1);
  std::vector<Index> indices;
  for (int i = 0; i < 100'000; ++i) indices.push_back(static_cast<Index>(random() % 10'000'000));
  const PartitionSet set = PartitionSet::of_indices(shape, indices);
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  std::vector<Index> back;
  set.for_each([&](Index i) {
    back.push_back(i);
    return true;
  });
  CHECK(back == indices);
  CHECK(set.united(set.complement()) == PartitionSet::all(shape));
  CHECK_FALSE(set.intersects(set.complement()));
}
