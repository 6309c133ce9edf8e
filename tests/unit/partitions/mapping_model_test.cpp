// Mappings on whole sets against the plainest model: does this partition need that one?
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <set>

#include "partitions/mapping.hpp"
#include "partitions/time_space.hpp"

namespace partita {
namespace {

using Kind = MappingSpec::Kind;
using Related = std::function<bool(Index upstream, Index downstream)>;

constexpr Instant kNow = 1'704'844'800;  // 2024-01-10

Dimension time_dimension(Cadence cadence, std::string start, std::string end = {},
                         std::string zone = {}) {
  TimeDimension time;
  time.cadence = cadence;
  time.start = std::move(start);
  time.end = std::move(end);
  time.timezone = std::move(zone);
  return {{}, time};
}

Dimension cron_dimension(std::string cron, std::string start, std::string end) {
  Dimension dimension = time_dimension(Cadence::cron, std::move(start), std::move(end));
  std::get<TimeDimension>(dimension.kind).cron = std::move(cron);
  std::get<TimeDimension>(dimension.kind).format = "%Y-%m-%d-%H:%M";
  return dimension;
}

Dimension without(Dimension dimension, std::vector<std::string> exclusions) {
  std::get<TimeDimension>(dimension.kind).exclusions = std::move(exclusions);
  return dimension;
}

Dimension listed(std::vector<std::string> keys) {
  return {{}, StaticDimension{std::move(keys)}};
}

SpacePtr space_of(std::vector<Dimension> dimensions) {
  auto definition = validated({std::move(dimensions)});
  REQUIRE(definition);
  auto space = make_space(*definition, {kNow, {}});
  REQUIRE(space);
  return *space;
}

std::shared_ptr<const Mapping> bound(const MappingSpec& spec, const SpacePtr& upstream,
                                     const SpacePtr& downstream) {
  auto mapping = bind_mapping(spec, upstream, downstream);
  REQUIRE_MESSAGE(mapping, (mapping ? "" : mapping.error().message));
  return *mapping;
}

// A subset of a space of at most 64.
using Bits = std::uint64_t;

PartitionSet set_of(const PartitionSpace& space, Bits bits) {
  std::vector<Index> indices;
  for (Index i = 0; i < space.size(); ++i) {
    if ((bits >> i & 1) != 0) indices.push_back(i);
  }
  return PartitionSet::of_indices(space.shape(), indices);
}

// For each partition of one side, those of the other that it relates to.
std::vector<Bits> table_of(Index size, Index other_size, const Related& related) {
  std::vector<Bits> table(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) {
    for (Index k = 0; k < other_size; ++k) {
      if (related(k, i)) table[static_cast<std::size_t>(i)] |= Bits{1} << k;
    }
  }
  return table;
}

Bits image_of(Bits bits, const std::vector<Bits>& table) {
  Bits image = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if ((bits >> i & 1) != 0) image |= table[i];
  }
  return image;
}

// Every subset of a small space, some of a larger one.
std::vector<Bits> subsets_of(const PartitionSpace& space) {
  std::vector<Bits> subsets;
  if (space.size() <= 8) {
    for (Bits bits = 0; bits < Bits{1} << space.size(); ++bits) subsets.push_back(bits);
    return subsets;
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 120; ++i) {
    const Bits bits = i % 3 == 0 ? random() & random() & random() : random();
    subsets.push_back(bits & ((Bits{1} << space.size()) - 1));
  }
  return subsets;
}

void check_against(const Related& related, const MappingSpec& spec, const SpacePtr& upstream,
                   const SpacePtr& downstream) {
  CAPTURE(spec.describe());
  const auto mapping = bound(spec, upstream, downstream);
  const auto turned = [&](Index d, Index u) { return related(u, d); };
  const std::vector<Bits> above = table_of(downstream->size(), upstream->size(), related);
  const std::vector<Bits> below = table_of(upstream->size(), downstream->size(), turned);
  for (const Bits bits : subsets_of(*downstream)) {
    const PartitionSet expected = set_of(*upstream, image_of(bits, above));
    REQUIRE(mapping->upstream_of(set_of(*downstream, bits)).existing == expected);
  }
  for (const Bits bits : subsets_of(*upstream)) {
    const PartitionSet expected = set_of(*downstream, image_of(bits, below));
    REQUIRE(mapping->downstream_of(set_of(*upstream, bits)) == expected);
  }
}

// A schedule's windows around those that exist, read once.
class ModelWindows {
 public:
  static constexpr Index kAround = 720;  // hours in a month

  explicit ModelWindows(const SpacePtr& space) : size_(space->size()) {
    const TimeDimensionSpace& time = *as_time(space->dimension(0));
    for (Index i = -kAround - 3; i < size_ + kAround + 3; ++i) {
      windows_.push_back(time.any_window_at(i));
    }
  }

  Index size() const { return size_; }
  const Window& operator[](Index any_index) const {
    return windows_[static_cast<std::size_t>(any_index + kAround + 3)];
  }

 private:
  Index size_;
  std::vector<Window> windows_;
};

// A space of one time dimension, with what the model knows of it.
struct Schedule {
  explicit Schedule(const Dimension& dimension) : space(space_of({dimension})), windows(space) {}

  SpacePtr space;
  ModelWindows windows;
};

bool overlap(const Window& a, const Window& b) {
  return a.start < b.end && b.start < a.end;
}

// Whether `upstream`, which may be any index, overlaps one of the windows `downstream` stands for.
bool in_window(const MappingSpec& spec, const ModelWindows& up, Index upstream,
               const ModelWindows& down, Index downstream) {
  for (Index k = spec.start_offset; k <= spec.end_offset; ++k) {
    if (overlap(up[upstream], down[downstream + k])) return true;
  }
  return false;
}

MappingSpec window_spec(Index start_offset, Index end_offset) {
  MappingSpec spec;
  spec.kind = Kind::time_window;
  spec.start_offset = start_offset;
  spec.end_offset = end_offset;
  return spec;
}

std::vector<Schedule> small_schedules() {
  const std::vector<std::string> holidays = {"2024-01-03", "2024-01-04", "2024-01-07"};
  const Dimension dimensions[] = {
      time_dimension(Cadence::daily, "2024-01-01", "2024-01-09"),
      time_dimension(Cadence::daily, "2024-01-04", "2024-01-04"),
      time_dimension(Cadence::daily, "2024-01-02", "2024-01-08", "America/New_York"),
      time_dimension(Cadence::weekly, "2023-12-10"),
      time_dimension(Cadence::hourly, "2024-01-05T21:00", "2024-01-06T03:00"),
      cron_dimension("30 6,9 * * *", "2024-01-03", "2024-01-06"),
      without(time_dimension(Cadence::daily, "2024-01-01"), {"0 0 * * 0,6"}),
      without(time_dimension(Cadence::daily, "2023-12-31"), holidays),
      without(time_dimension(Cadence::daily, "2024-01-02", "2024-01-09"), holidays),
  };
  std::vector<Schedule> schedules;
  for (const Dimension& dimension : dimensions) schedules.emplace_back(dimension);
  for (const Schedule& schedule : schedules) REQUIRE(schedule.space->size() <= 8);
  return schedules;
}

// The upstream windows beyond what exists that one partition needs, by the rule for offsets.
std::set<Index> missing_for(const MappingSpec& spec, const ModelWindows& up,
                            const ModelWindows& down, Index downstream) {
  std::set<Index> missing;
  for (Index u = -ModelWindows::kAround; u < up.size() + ModelWindows::kAround; ++u) {
    const bool none_exist = up.size() == 0;
    const bool before = u < 0 && (none_exist || spec.start_offset >= 0);
    const bool after = u >= up.size() && (none_exist || spec.end_offset <= 0);
    if ((before || after) && in_window(spec, up, u, down, downstream)) missing.insert(u);
  }
  return missing;
}

void check_missing(const MappingSpec& spec, const Schedule& upstream, const Schedule& downstream) {
  CAPTURE(spec.describe());
  const ModelWindows& up = upstream.windows;
  const ModelWindows& down = downstream.windows;
  const TimeDimensionSpace& up_keys = *as_time(upstream.space->dimension(0));
  const auto mapping = bound(spec, upstream.space, downstream.space);
  std::vector<std::set<Index>> missing_of;
  for (Index d = 0; d < down.size(); ++d) missing_of.push_back(missing_for(spec, up, down, d));
  for (const Bits bits : subsets_of(*downstream.space)) {
    std::set<Index> missing;
    Bits blocked = 0;
    for (std::size_t d = 0; d < missing_of.size(); ++d) {
      if ((bits >> d & 1) == 0 || missing_of[d].empty()) continue;
      missing.insert(missing_of[d].begin(), missing_of[d].end());
      blocked |= Bits{1} << d;
    }
    std::vector<std::string> keys;
    for (const Index u : missing) {
      if (keys.size() < kMissingKeysShown) keys.push_back(up_keys.any_key_at(u));
    }
    const UpstreamPartitions result = mapping->upstream_of(set_of(*downstream.space, bits));
    REQUIRE(result.nonexistent == keys);
    REQUIRE(result.blocked_downstream == set_of(*downstream.space, blocked));
  }
}

struct Offsets {
  Index start;
  Index end;
};
constexpr Offsets kOffsets[] = {{0, 0}, {-1, -1}, {-1, 0}, {0, 1}, {1, 2}, {-2, 1}};

// The part of a product that is one key each, split into coordinates by hand.
Index coordinate(const PartitionSpace& space, Index index, std::size_t dimension) {
  return space.coordinates(index)[dimension];
}

Dimension named(std::string name, Dimension dimension) {
  dimension.name = std::move(name);
  return dimension;
}

MappingSpec of_kind(Kind kind) {
  MappingSpec spec;
  spec.kind = kind;
  return spec;
}

MappingSpec::Part part(std::string upstream, std::string downstream, MappingSpec spec) {
  return {std::move(upstream), std::move(downstream),
          std::make_shared<MappingSpec>(std::move(spec))};
}

}  // namespace

TEST_CASE("time windows relate by overlap, whatever the schedules, zones, exclusions and offsets") {
  const std::vector<Schedule> schedules = small_schedules();
  for (const Schedule& up : schedules) {
    for (const Schedule& down : schedules) {
      for (const Offsets& offsets : kOffsets) {
        const MappingSpec spec = window_spec(offsets.start, offsets.end);
        const auto related = [&](Index u, Index d) {
          return in_window(spec, up.windows, u, down.windows, d);
        };
        check_against(related, spec, up.space, down.space);
      }
    }
  }
}

TEST_CASE("windows that are needed and do not exist are named, and block just what needs them") {
  const std::vector<Schedule> schedules = small_schedules();
  for (const Schedule& up : schedules) {
    for (const Schedule& down : schedules) {
      for (const Offsets& offsets : kOffsets) {
        check_missing(window_spec(offsets.start, offsets.end), up, down);
      }
    }
  }
}

TEST_CASE("the latest window in force at a start is the only one needed") {
  const std::vector<Schedule> schedules = small_schedules();
  for (const Schedule& up : schedules) {
    for (const Schedule& down : schedules) {
      const auto related = [&](Index u, Index d) {
        const Instant start = down.windows[d].start;
        return up.windows[u].start <= start && start < up.windows[u + 1].start;
      };
      check_against(related, of_kind(Kind::time_window_latest), up.space, down.space);
    }
  }
}

TEST_CASE("identity relates equal keys of lists in any order") {
  const std::vector<std::vector<std::string>> lists = {
      {}, {"a"}, {"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"b", "c", "x", "y", "a"}, {"x", "y"}};
  for (const auto& up_keys : lists) {
    for (const auto& down_keys : lists) {
      const SpacePtr up = space_of({listed(up_keys)});
      const SpacePtr down = space_of({listed(down_keys)});
      const auto related = [&](Index u, Index d) { return up->key_at(u) == down->key_at(d); };
      check_against(related, of_kind(Kind::identity), up, down);
      const auto result =
          bound(of_kind(Kind::identity), up, down)->upstream_of(PartitionSet::all(down->shape()));
      std::vector<std::string> unknown;
      for (const std::string& key : down_keys) {
        if (std::ranges::find(up_keys, key) == up_keys.end()) unknown.push_back(key);
      }
      REQUIRE(result.nonexistent == unknown);
      REQUIRE(result.blocked_downstream.count() == std::ssize(unknown));
    }
  }
}

TEST_CASE("identity of windows of different schedules goes by the key text") {
  const SpacePtr weekly = space_of({time_dimension(Cadence::weekly, "2023-12-10")});
  const SpacePtr daily = space_of({time_dimension(Cadence::daily, "2024-01-03")});
  const auto related = [&](Index u, Index d) { return weekly->key_at(u) == daily->key_at(d); };
  check_against(related, of_kind(Kind::identity), weekly, daily);
}

TEST_CASE("all, last and keys relate the same to every downstream partition") {
  const SpacePtr up =
      space_of({named("a", listed({"x", "y"})), named("b", listed({"1", "2", "3"}))});
  const SpacePtr down = space_of({listed({"p", "q", "r"})});
  check_against([](Index, Index) { return true; }, of_kind(Kind::all), up, down);
  check_against([](Index u, Index) { return u == 5; }, of_kind(Kind::last), up, down);
  MappingSpec keys = of_kind(Kind::keys);
  keys.keys = {"x|2", "y|1"};
  check_against([](Index u, Index) { return u == 1 || u == 3; }, keys, up, down);
}

TEST_CASE("pairs relate many to many") {
  const SpacePtr up = space_of({listed({"a", "b", "c", "d", "e"})});
  const SpacePtr down = space_of({listed({"p", "q", "r", "s"})});
  MappingSpec spec = of_kind(Kind::static_keys);
  spec.pairs = {{"a", "q"}, {"b", "q"}, {"e", "p"}, {"a", "s"}, {"a", "q"}, {"d", "p"}};
  const auto related = [&](Index u, Index d) {
    return std::ranges::find(spec.pairs, std::pair(up->key_at(u), down->key_at(d))) !=
           spec.pairs.end();
  };
  check_against(related, spec, up, down);
}

TEST_CASE("an unpartitioned side has one partition, which relates to all") {
  const SpacePtr none = space_of({});
  const SpacePtr some = space_of({named("a", listed({"x", "y"})), named("b", listed({"1", "2"}))});
  const auto always = [](Index, Index) { return true; };
  check_against(always, {}, none, some);
  check_against(always, {}, some, none);
  check_against(always, {}, none, none);
}

TEST_CASE("one dimension relates to the same one of a product of three, both ways") {
  const Dimension days = time_dimension(Cadence::daily, "2024-01-06");
  const SpacePtr single = space_of({days});
  const SpacePtr product = space_of(
      {named("day", days), named("k", listed({"x", "y", "z"})), named("r", listed({"p", "q"}))});
  check_against([&](Index u, Index d) { return u == coordinate(*product, d, 0); }, {}, single,
                product);
  check_against([&](Index u, Index d) { return coordinate(*product, u, 0) == d; }, {}, product,
                single);
}

TEST_CASE("products relate dimension by dimension, and those in no part to all") {
  const SpacePtr up =
      space_of({named("a", listed({"w", "x", "y", "z"})), named("b", listed({"1", "2", "3"})),
                named("c", listed({"m", "n"}))});
  const SpacePtr down =
      space_of({named("b", listed({"2", "3", "1", "4"})), named("d", listed({"k", "l", "o"})),
                named("e", listed({"u", "v"}))});
  MappingSpec pairs = of_kind(Kind::static_keys);
  pairs.pairs = {{"w", "u"}, {"x", "u"}, {"z", "v"}};
  MappingSpec spec = of_kind(Kind::multi);
  spec.parts = {part("b", "b", of_kind(Kind::identity)), part("a", "e", pairs),
                part("c", "", of_kind(Kind::last))};
  const auto related = [&](Index u, Index d) {
    const Index a = coordinate(*up, u, 0);
    const Index e = coordinate(*down, d, 2);
    const std::string up_b = up->dimension(1).key_at(coordinate(*up, u, 1));
    const std::string down_b = down->dimension(0).key_at(coordinate(*down, d, 0));
    const bool paired = e == 0 ? a <= 1 : a == 3;
    return up_b == down_b && paired && coordinate(*up, u, 2) == 1;
  };
  check_against(related, spec, up, down);
}

TEST_CASE("a product with a lag relates each dimension on its own") {
  const auto space = [](std::string start) {
    return space_of({named("day", time_dimension(Cadence::daily, std::move(start), "2024-01-06")),
                     named("k", listed({"x", "y", "z"})), named("r", listed({"p", "q"}))});
  };
  const SpacePtr up = space("2024-01-02");
  const SpacePtr down = space("2024-01-03");
  MappingSpec spec = of_kind(Kind::multi);
  spec.parts = {part("day", "day", window_spec(-1, -1)), part("k", "k", {})};
  const auto related = [&](Index u, Index d) {
    return coordinate(*up, u, 0) == coordinate(*down, d, 0) &&
           coordinate(*up, u, 1) == coordinate(*down, d, 1);
  };
  check_against(related, spec, up, down);
}

TEST_CASE(
    "what a product needs and does not exist blocks only where every dimension needs something") {
  const SpacePtr up = space_of(
      {named("day", time_dimension(Cadence::daily, "2024-01-05")), named("k", listed({"x", "y"}))});
  const SpacePtr down = space_of({named("day", time_dimension(Cadence::daily, "2024-01-03")),
                                  named("k", listed({"p", "q", "r"}))});
  MappingSpec pairs = of_kind(Kind::static_keys);
  pairs.pairs = {{"x", "p"}, {"y", "p"}, {"y", "q"}};
  MappingSpec spec = of_kind(Kind::multi);
  spec.parts = {part("day", "day", window_spec(0, 0)), part("k", "k", pairs)};
  const auto result = bound(spec, up, down)->upstream_of(PartitionSet::all(down->shape()));
  CHECK(result.nonexistent ==
        std::vector<std::string>{"2024-01-03|x", "2024-01-03|y", "2024-01-04|x", "2024-01-04|y"});
  CHECK(to_text(result.blocked_downstream, *down) == "day={2024-01-03,2024-01-04},k={p,q}");
}

}  // namespace partita
