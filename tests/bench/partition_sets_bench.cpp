// What sets and mappings of ten million partitions cost, beside plain work on the same partitions
// in the same run: a scan of a bit for each, and a vector with an index for each.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>
#include <random>

#include "partitions/mapping.hpp"

namespace {

// Bytes that are allocated now, and the most there were since it was last set back.
std::size_t allocated = 0;
std::size_t peak = 0;

}  // namespace

// Each block carries its size in front of it.
void* operator new(std::size_t size) {
  constexpr std::size_t kHeader = alignof(std::max_align_t);
  auto* block = static_cast<char*>(std::malloc(size + kHeader));
  if (block == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(block) = size;
  allocated += size;
  peak = std::max(peak, allocated);
  return block + kHeader;
}

void operator delete(void* pointer) noexcept {
  if (pointer == nullptr) return;
  auto* block = static_cast<char*>(pointer) - alignof(std::max_align_t);
  allocated -= *reinterpret_cast<std::size_t*>(block);
  std::free(block);
}

void operator delete(void* pointer, std::size_t) noexcept {
  operator delete(pointer);
}

namespace {

using namespace partita;  // NOLINT(google-build-using-namespace): a program of one file

struct Cost {
  double seconds = 0;
  std::size_t bytes = 0;  // at most in use, beyond what was before
};

Cost cost_of(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  const std::size_t before = allocated;
  peak = allocated;
  const auto start = Clock::now();
  work();
  const std::chrono::duration<double> taken = Clock::now() - start;
  return {taken.count(), peak - before};
}

std::string shown(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  return fmt::format("{:.1f} ms", seconds * 1e3);
}

std::string shown_bytes(std::size_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

// Keeps the optimizer from dropping a result.
volatile Index sink = 0;

void compare(std::string_view what, const std::function<void()>& ours,
             const std::function<void()>& plain) {
  ours();  // once to warm up
  const Cost a = cost_of(ours);
  const Cost b = cost_of(plain);
  fmt::print("{:44} {:>10} {:>10}   plain {:>10} {:>10}   {:.2g} of plain\n", what,
             shown(a.seconds), shown_bytes(a.bytes), shown(b.seconds), shown_bytes(b.bytes),
             a.seconds / b.seconds);
}

struct Plain {
  std::vector<bool> bits;
  std::vector<Index> indices;

  explicit Plain(const PartitionSet& set, Index size) : bits(static_cast<std::size_t>(size)) {
    set.for_each([&](Index i) {
      bits[static_cast<std::size_t>(i)] = true;
      indices.push_back(i);
      return true;
    });
  }
};

void count_bits(const Plain& plain) {
  Index count = 0;
  for (const bool bit : plain.bits) count += bit ? 1 : 0;
  sink = count;
}

void intersect_bits(const Plain& a, const Plain& b) {
  std::vector<bool> both(a.bits.size());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = a.bits[i] && b.bits[i];
  sink = both.back() ? 1 : 0;
}

// The least a mapping one by one could do: write down an index for each.
void map_indices(const Plain& plain, Index by) {
  std::vector<Index> mapped;
  for (const Index i : plain.indices) mapped.push_back(i + by);
  sink = mapped.back();
}

struct Pair {
  SpacePtr upstream;
  SpacePtr downstream;
};

void measure(std::string_view name, const Pair& spaces, const PartitionSet& a,
             const PartitionSet& b) {
  const Plain plain_a(a, spaces.downstream->size());
  const Plain plain_b(b, spaces.downstream->size());
  const auto mapping = bind_mapping({}, spaces.upstream, spaces.downstream);
  if (!mapping) {
    fmt::print("{}: {}\n", name, mapping.error().message);
    return;
  }
  fmt::print("\n{}: {} partitions, sets of {} and {} in {} and {} boxes\n", name,
             spaces.downstream->size(), a.count(), b.count(), a.box_count(), b.box_count());
  compare("count", [&] { sink = a.count(); }, [&] { count_bits(plain_a); });
  compare(
      "intersect", [&] { sink = a.intersected(b).count(); },
      [&] { intersect_bits(plain_a, plain_b); });
  compare(
      "map upstream", [&] { sink = (*mapping)->upstream_of(a).existing.count(); },
      [&] { map_indices(plain_a, 7); });
  compare(
      "map downstream", [&] { sink = (*mapping)->downstream_of(a).count(); },
      [&] { map_indices(plain_a, -7); });
  compare(
      "from indices in order",
      [&] {
        std::vector<Index> indices = plain_a.indices;
        sink = PartitionSet::of_indices(a.shape(), std::move(indices)).count();
      },
      [&] { map_indices(plain_a, 0); });
}

Dimension listed(std::string name, int count) {
  StaticDimension dimension;
  for (int i = 0; i < count; ++i) dimension.keys.push_back(fmt::format("{}{}", name, i));
  return {std::move(name), std::move(dimension)};
}

Dimension hours(std::string start) {
  TimeDimension time;
  time.cadence = Cadence::hourly;
  time.start = std::move(start);
  return {"hour", std::move(time)};
}

SpacePtr space_of(std::vector<Dimension> dimensions) {
  constexpr Instant kNow = 3'600'000'000;  // 2084-01-29
  auto definition = validated({std::move(dimensions)});
  return *make_space(*definition, {kNow, {}});
}

PartitionSet scattered(const PartitionSpace& space, int count) {
  std::mt19937_64 random(1);
  std::vector<Index> indices;
  for (int i = 0; i < count; ++i) {
    indices.push_back(static_cast<Index>(random() % static_cast<std::uint64_t>(space.size())));
  }
  return PartitionSet::of_indices(space.shape(), std::move(indices));
}

void measure_hourly_by_category() {
  const Pair spaces{space_of({listed("category", 20), hours("1990-01-01")}),
                    space_of({listed("category", 20), hours("1991-06-01")})};
  const PartitionSpace& space = *spaces.downstream;
  const auto most = PartitionSet::of_runs(space.shape(), {{1'234, space.size() - 567}});
  const auto some = PartitionSet::box(space.shape(), {{3, 17}, {100'000, 500'000}});
  measure("hourly by category, a contiguous range", spaces, most, some);
  measure("hourly by category, 100,000 at random", spaces, scattered(space, 100'000), some);
}

void measure_product_of_three() {
  const SpacePtr space = space_of({listed("a", 1000), listed("b", 1000), listed("c", 10)});
  const SpacePtr larger = space_of({listed("a", 1001), listed("b", 1000), listed("c", 10)});
  const Pair spaces{larger, space};
  const auto most = PartitionSet::of_runs(space->shape(), {{1'234, space->size() - 567}});
  const auto some = PartitionSet::box(space->shape(), {{100, 900}, {0, 1000}, {2, 7}});
  measure("1,000 x 1,000 x 10, a contiguous range", spaces, most, some);
  measure("1,000 x 1,000 x 10, 100,000 at random", spaces, scattered(*space, 100'000), some);
}

}  // namespace

int main() {
  measure_hourly_by_category();
  measure_product_of_three();
}
