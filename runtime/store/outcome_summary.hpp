// What happened to each partition of one space, as stretches of indices of equal outcome.
//
// Knows indices and outcomes only; which space they are of is SpacePrint's. Its cost follows the
// number of stretches. A value; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitions/set.hpp"
#include "store/records.hpp"

namespace partita {

class OutcomeSummary {
 public:
  explicit OutcomeSummary(std::vector<Index> shape);

  const std::vector<Index>& shape() const { return shape_; }

  // An attempt, or the state after several. What was ever materialized stays so. Any order of
  // indices; those of one index in their order.
  void update(Index index, Outcome last, bool materialized);

  // The same partitions in a space that has grown or shrunk at the end of its dimensions. What is
  // new has no outcome yet.
  void reshape(std::vector<Index> shape);

  Index attempted();  // partitions that have an outcome

  // The partitions with any of these last outcomes; or those that were ever materialized.
  PartitionSet having(Outcome last);
  PartitionSet materialized();

  // Per stretch one number: its length times 16, plus 8 if materialized, plus the outcome.
  std::string encode();
  // Nothing where the bytes are damaged or of another size.
  static std::optional<OutcomeSummary> decode(std::vector<Index> shape, std::string_view bytes);

 private:
  using Mark = std::uint8_t;  // the outcome, plus 8 if ever materialized
  struct Stretch {
    Index end = 0;
    Mark mark = 0;
  };
  struct Update {
    Index index = 0;
    std::uint32_t order = 0;
    Mark mark = 0;
  };

  static void extend(std::vector<Stretch>& stretches, Index length, Mark mark);
  template <class Predicate>
  PartitionSet where(const Predicate& holds);
  void settle();
  void resize_groups(Index from, Index to);

  std::vector<Index> shape_;
  std::vector<Stretch> stretches_;  // adjacent ones differ; together they cover the space
  std::vector<Update> pending_;     // not yet in the stretches
};

}  // namespace partita
