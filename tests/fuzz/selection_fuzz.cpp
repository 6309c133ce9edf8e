// Any text at all as a selection: it is understood or refused, and what is understood is written in
// a form that means the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "partitions/selection.hpp"

namespace {

using namespace partita;  // NOLINT(google-build-using-namespace): a program of one file

constexpr Instant kNow = 1'704'844'800;  // 2024-01-10

SpacePtr space_of(std::vector<Dimension> dimensions) {
  auto definition = validated({std::move(dimensions)});
  if (!definition) std::abort();
  auto space = make_space(*definition, {kNow, {}});
  if (!space) std::abort();
  return *space;
}

std::vector<SpacePtr> spaces() {
  TimeDimension daily;
  daily.start = "2024-01-01";
  const StaticDimension words{{"a", "b c", "missing", "latest-1", "\"", "d.."}};
  return {space_of({}), space_of({{"", daily}}), space_of({{"", words}}),
          space_of({{"date", daily}, {"r", words}})};
}

void check(const PartitionExpr& expr, const PartitionSpace& space) {
  const PartitionSet none = PartitionSet::none(space.shape());
  StatusSets statuses;
  statuses.materialized = PartitionSet::all(space.shape());
  statuses.failed = none;
  statuses.stale = none;
  const auto set = evaluate(expr, space, statuses);
  if (!set) return;
  const auto again = parse_partitions(to_text(*set, space));
  if (!again) std::abort();
  const auto same = evaluate(**again, space, statuses);
  if (!same || *same != *set) std::abort();
}

void check_key(std::string_view text) {
  if (text.empty()) return;
  const auto expr = parse_partitions(quoted_key(text));
  if (!expr || (*expr)->kind != PartitionExpr::Kind::key || (*expr)->text != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<SpacePtr> kSpaces = spaces();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto selection = parse_selection(text); !selection && selection.error().message.empty()) {
    std::abort();
  }
  const auto partitions = parse_partitions(text);
  if (partitions) {
    for (const SpacePtr& space : kSpaces) check(**partitions, *space);
  }
  check_key(text);
  return 0;
}
