#include "store/space_print.hpp"

#include <cstring>

#include "base/bytes.hpp"

namespace partita {

namespace {

constexpr std::uint64_t kVersion = 1;
constexpr Index kSamples = 8;

// One multiplication for eight bytes: a set may have millions of keys. Not for adversaries.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
  return hash ^ (hash >> 32U);
}

std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  hash = mixed(hash, text.size());
  while (!text.empty()) {
    std::uint64_t word = 0;
    const auto length = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), length);
    hash = mixed(hash, word);
    text.remove_prefix(length);
  }
  return hash;
}

std::uint64_t hash_of_keys(const DimensionSpace& dimension, Index count) {
  const std::vector<std::string>& keys = *dimension.listed_keys();
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) hash = mixed(hash, keys[i]);
  return hash;
}

// What decides which window has which index. The end and the offset from now only say how many
// there are; the format says what they are called, which matters where they are excluded by name.
std::string schedule_of(const TimeDimension& time) {
  ByteWriter out;
  out.u64(static_cast<std::uint64_t>(time.cadence));
  out.i64(time.minute_offset);
  out.i64(time.hour_offset);
  out.i64(time.day_offset);
  out.text(time.cron);
  out.text(time.start);
  out.text(time.timezone);
  if (!time.exclusions.empty()) out.text(time.format);
  for (const std::string& exclusion : time.exclusions) out.text(exclusion);
  return out.take();
}

const TimeDimension* time_dimension(const PartitionSpace& space, std::size_t i) {
  return std::get_if<TimeDimension>(&space.definition().dimensions[i].kind);
}

}  // namespace

SpacePrint SpacePrint::of(const PartitionSpace& space) {
  SpacePrint print;
  for (std::size_t i = 0; i < space.rank(); ++i) print.dimensions_.push_back(print_of(space, i));
  return print;
}

SpacePrint::Dimension SpacePrint::print_of(const PartitionSpace& space, std::size_t i) {
  const DimensionSpace& dimension = space.dimension(i);
  Dimension print;
  print.size = dimension.size();
  const TimeDimension* time = time_dimension(space, i);
  if (time == nullptr) {
    print.keys = hash_of_keys(dimension, print.size);
    return print;
  }
  print.schedule = schedule_of(*time);
  const Index step = std::max<Index>(1, print.size / kSamples);
  for (Index index = 0; index < print.size; index += step) {
    print.samples.emplace_back(index, dimension.identity_at(index));
  }
  if (print.size > 0) {
    print.samples.emplace_back(print.size - 1, dimension.identity_at(print.size - 1));
  }
  return print;
}

std::vector<Index> SpacePrint::shape() const {
  std::vector<Index> shape;
  shape.reserve(dimensions_.size());
  for (const Dimension& dimension : dimensions_) shape.push_back(dimension.size);
  return shape;
}

bool SpacePrint::fits(const PartitionSpace& space) const {
  if (dimensions_.size() != space.rank()) return false;
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    if (!fits(dimensions_[i], space, i)) return false;
  }
  return true;
}

bool SpacePrint::fits(const Dimension& print, const PartitionSpace& space, std::size_t i) {
  const DimensionSpace& dimension = space.dimension(i);
  const TimeDimension* time = time_dimension(space, i);
  if (time == nullptr) {
    return print.schedule.empty() && print.size <= dimension.size() &&
           print.keys == hash_of_keys(dimension, print.size);
  }
  if (print.schedule != schedule_of(*time)) return false;
  for (const auto& [index, identity] : print.samples) {
    if (index < dimension.size() && dimension.identity_at(index) != identity) return false;
  }
  return true;
}

std::string SpacePrint::encode() const {
  ByteWriter out;
  out.u64(kVersion);
  out.u64(dimensions_.size());
  for (const Dimension& dimension : dimensions_) {
    out.i64(dimension.size);
    out.text(dimension.schedule);
    out.u64(dimension.keys);
    out.u64(dimension.samples.size());
    for (const auto& [index, identity] : dimension.samples) {
      out.i64(index);
      out.text(identity);
    }
  }
  return out.take();
}

std::optional<SpacePrint> SpacePrint::decode(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u64() != kVersion) return std::nullopt;
  SpacePrint print;
  for (auto left = in.count(); left > 0; --left) {
    Dimension& dimension = print.dimensions_.emplace_back();
    dimension.size = in.i64();
    dimension.schedule = in.text();
    dimension.keys = in.u64();
    for (auto samples = in.count(); samples > 0; --samples) {
      const Index index = in.i64();
      dimension.samples.emplace_back(index, in.text());
    }
  }
  if (!in.ok()) return std::nullopt;
  return print;
}

}  // namespace partita
