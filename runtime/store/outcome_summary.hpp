// What happened to each partition of one space, as stretches of indices of equal outcome.
//
// A value; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/event_codec.hpp"
#include "store/records.hpp"
#include "store/stretches.hpp"

namespace partita {

class OutcomeSummary {
 public:
  static constexpr SummaryKind kKind = SummaryKind::outcomes;
  static constexpr bool kFollowsFromStates = true;

  explicit OutcomeSummary(std::vector<Index> shape) : marks_(std::move(shape)) {}

  const std::vector<Index>& shape() const { return marks_.shape(); }

  // An attempt, or the state after several. What was ever materialized stays so.
  void update(Index index, Outcome last, bool materialized);
  void take_attempt(Index index, const AttemptHead& head, std::int64_t) {
    update(index, head.outcome, head.outcome == Outcome::materialized);
  }
  bool take_state(Index index, const PartitionState& state) {
    update(index, state.last, state.materialized);
    return true;
  }
  void reshape(std::vector<Index> shape) { marks_.reshape(std::move(shape)); }

  Index attempted();  // partitions that have an outcome

  // The partitions with any of these last outcomes; or those that were ever materialized.
  PartitionSet having(Outcome last);
  PartitionSet materialized();

  // Per stretch one number: its length times 16, plus 8 if materialized, plus the outcome.
  std::string encode();
  // Nothing where the bytes are damaged or of another size.
  static std::optional<OutcomeSummary> decode(std::vector<Index> shape, std::string_view bytes);

 private:
  struct Mark {
    std::uint8_t bits = 0;  // the outcome, plus 8 if ever materialized
    void apply(Mark next);
    bool operator==(const Mark&) const = default;
  };
  using Marks = Stretches<Mark, Mark>;

  explicit OutcomeSummary(Marks marks) : marks_(std::move(marks)) {}

  Marks marks_;
};

}  // namespace partita
