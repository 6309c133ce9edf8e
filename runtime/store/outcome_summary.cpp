#include "store/outcome_summary.hpp"

#include "base/bytes.hpp"

namespace partita {

namespace {

constexpr std::uint8_t kMaterialized = 8;
constexpr std::uint8_t kOutcomeMask = 7;
constexpr unsigned kMarkBits = 4;

}  // namespace

void OutcomeSummary::Mark::apply(Mark next) {
  bits = static_cast<std::uint8_t>((bits & kMaterialized) | next.bits);
}

void OutcomeSummary::update(Index index, Outcome last, bool materialized) {
  const unsigned bits = static_cast<unsigned>(last) | (materialized ? kMaterialized : 0U);
  marks_.update(index, Mark{static_cast<std::uint8_t>(bits)});
}

Index OutcomeSummary::attempted() {
  Index count = 0;
  marks_.for_each([&](Run run, Mark mark) { count += mark.bits != 0 ? run.size() : 0; });
  return count;
}

PartitionSet OutcomeSummary::having(Outcome last) {
  return marks_.where(
      [last](Mark mark) { return (mark.bits & kOutcomeMask) == static_cast<std::uint8_t>(last); });
}

PartitionSet OutcomeSummary::materialized() {
  return marks_.where([](Mark mark) { return (mark.bits & kMaterialized) != 0; });
}

std::string OutcomeSummary::encode() {
  ByteWriter out;
  marks_.for_each([&](Run run, Mark mark) {
    out.u64(static_cast<std::uint64_t>(run.size()) << kMarkBits | mark.bits);
  });
  return out.take();
}

std::optional<OutcomeSummary> OutcomeSummary::decode(std::vector<Index> shape,
                                                     std::string_view bytes) {
  Marks::Builder builder(std::move(shape));
  ByteReader in(bytes);
  while (!in.done()) {
    const std::uint64_t number = in.u64();
    const Mark mark{static_cast<std::uint8_t>(number & 0x0fU)};
    if (!in.ok() || !builder.add(static_cast<Index>(number >> kMarkBits), mark))
      return std::nullopt;
  }
  if (!builder.is_whole()) return std::nullopt;
  return OutcomeSummary(builder.take());
}

}  // namespace partita
