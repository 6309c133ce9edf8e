// What each materialization of one space was made from, as stretches of indices of equal
// provenance: what freshness is judged by.
//
// It has those of partitions that were wiped, too, as gone. A value; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/event_codec.hpp"
#include "store/provenance.hpp"
#include "store/stretches.hpp"

namespace partita {

class ProvenanceSummary {
 public:
  static constexpr SummaryKind kKind = SummaryKind::provenance;
  static constexpr bool kFollowsFromStates = false;

  explicit ProvenanceSummary(std::vector<Index> shape) : marks_(std::move(shape)) {}

  const std::vector<Index>& shape() const { return marks_.shape(); }

  // An attempt in the event `seq`. A materialization with the data version of the one before leaves
  // `changed_seq` as it is.
  void take_attempt(Index index, const AttemptHead& head, std::int64_t seq);
  // What was materialized was wiped in the event `seq`, or brought back.
  void take_wipe(Index index, std::int64_t seq);
  void take_wipe_undone(Index index);
  // What a materialization was made from is in the log only.
  bool take_state(Index, const PartitionState& state) { return !state.materialized; }
  void reshape(std::vector<Index> shape) { marks_.reshape(std::move(shape)); }

  // visit(Run, const Provenance&) for what is materialized, or gone.
  template <class Visit>
  void for_each(const Visit& visit) {
    marks_.for_each([&](Run run, const Mark& mark) {
      if (mark.made.code != 0) visit(run, mark.made);
    });
  }
  Index attempted();  // partitions that are materialized, or gone
  // For what of some in a row is materialized.
  template <class Visit>
  void for_each_in(Run partitions, const Visit& visit) {
    marks_.for_each_in(partitions, [&](Run run, const Mark& mark) {
      if (mark.made.code != 0 && mark.made.gone_seq == 0) visit(run, mark.made);
    });
  }

  // Per stretch: its length times 2, plus 1 if materialized; then the code, and as differences from
  // the stretch before read_seq and changed_seq, then flags, the version's hash where there is one,
  // what was seen where it is more than that, and gone_seq where it is gone.
  std::string encode();
  static std::optional<ProvenanceSummary> decode(std::vector<Index> shape, std::string_view bytes);

 private:
  struct Change {
    enum class Kind : std::uint8_t { made, wiped, restored };
    Kind kind = Kind::made;
    Provenance made;  // where it is wiped, gone_seq only
  };
  struct Mark {
    Provenance made;
    std::uint64_t seen = 0;  // a bit for each version that there ever was, by its hash
    void apply(const Change& change);
    bool operator==(const Mark&) const = default;

   private:
    void apply_made(const Provenance& next);
  };
  using Marks = Stretches<Mark, Change>;

  explicit ProvenanceSummary(Marks marks) : marks_(std::move(marks)) {}

  Marks marks_;
};

}  // namespace partita
