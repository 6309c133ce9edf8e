#include "store/outcome_summary.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace partita;

namespace {

// The same, one partition at a time.
struct Naive {
  std::vector<Index> shape;
  std::map<std::vector<Index>, std::pair<Outcome, bool>> states;  // by coordinates

  Index size() const {
    Index size = 1;
    for (const Index side : shape) size *= side;
    return size;
  }
  std::vector<Index> coordinates(Index index) const {
    std::vector<Index> found(shape.size());
    for (std::size_t i = shape.size(); i-- > 0; index /= shape[i]) found[i] = index % shape[i];
    return found;
  }
  void update(Index index, Outcome last, bool materialized) {
    auto& state = states[coordinates(index)];
    state = {last, state.second || materialized};
  }
  void reshape(const std::vector<Index>& to) {
    shape = to;
    std::erase_if(states, [&](const auto& entry) {
      for (std::size_t i = 0; i < to.size(); ++i) {
        if (entry.first[i] >= to[i]) return true;
      }
      return false;
    });
  }
  template <class Predicate>
  PartitionSet where(const Predicate& holds) const {
    std::vector<Index> indices;
    for (Index i = 0; i < size(); ++i) {
      const auto state = states.find(coordinates(i));
      if (state != states.end() && holds(state->second)) indices.push_back(i);
    }
    return PartitionSet::of_indices(shape, indices);
  }
};

constexpr Outcome kOutcomes[] = {Outcome::materialized, Outcome::failed, Outcome::upstream_failed,
                                 Outcome::skipped, Outcome::cancelled};

void check_equal(OutcomeSummary& summary, const Naive& naive) {
  REQUIRE(summary.shape() == naive.shape);
  CHECK(summary.materialized() == naive.where([](const auto& state) { return state.second; }));
  CHECK(summary.attempted() == static_cast<Index>(naive.states.size()));
  for (const Outcome outcome : kOutcomes) {
    CHECK(summary.having(outcome) ==
          naive.where([&](const auto& state) { return state.first == outcome; }));
  }
  auto copy = OutcomeSummary::decode(naive.shape, summary.encode());
  REQUIRE(copy);
  CHECK(copy->encode() == summary.encode());
}

}  // namespace

TEST_CASE("a summary agrees with one partition at a time, through updates and changes of shape") {
  std::mt19937 random(11);
  const auto below = [&](Index limit) { return static_cast<Index>(random() % limit); };
  for (int history = 0; history < 60; ++history) {
    std::vector<Index> shape(static_cast<std::size_t>(1 + history % 3));
    for (Index& side : shape) side = below(7);
    OutcomeSummary summary(shape);
    Naive naive{shape, {}};
    for (int step = 0; step < 12; ++step) {
      for (Index n = naive.size() == 0 ? 0 : below(12); n > 0; --n) {
        const Index index = below(naive.size());
        const Outcome outcome = kOutcomes[below(5)];
        summary.update(index, outcome, outcome == Outcome::materialized);
        naive.update(index, outcome, outcome == Outcome::materialized);
      }
      check_equal(summary, naive);
      for (Index& side : shape) side = std::max<Index>(0, side + below(4) - 1);
      summary.reshape(shape);
      naive.reshape(shape);
      check_equal(summary, naive);
    }
  }
}

TEST_CASE("the unpartitioned shape has one partition") {
  OutcomeSummary summary({});
  CHECK(summary.materialized().empty());
  summary.update(0, Outcome::materialized, true);
  summary.update(0, Outcome::failed, false);
  CHECK(summary.materialized().count() == 1);
  CHECK(summary.having(Outcome::failed).count() == 1);
}

TEST_CASE("more updates than are kept pending are all taken in") {
  constexpr Index kSize = 300'000;
  OutcomeSummary summary({kSize});
  for (Index i = 0; i < kSize; ++i) summary.update(kSize - 1 - i, Outcome::materialized, true);
  CHECK(summary.materialized() == PartitionSet::all({kSize}));
}

TEST_CASE("bytes that do not cover the shape exactly are not a summary") {
  OutcomeSummary summary({10});
  summary.update(3, Outcome::failed, false);
  const std::string bytes = summary.encode();
  CHECK(OutcomeSummary::decode({10}, bytes));
  CHECK_FALSE(OutcomeSummary::decode({11}, bytes));
  CHECK_FALSE(OutcomeSummary::decode({9}, bytes));
  CHECK_FALSE(OutcomeSummary::decode({10}, bytes.substr(1)));
  CHECK_FALSE(OutcomeSummary::decode({10}, bytes + '\x80'));
}
