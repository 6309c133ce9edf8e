#include "store/provenance_summary.hpp"

#include "base/bytes.hpp"

namespace partita {

namespace {

constexpr std::uint64_t kReverted = 1;
constexpr std::uint64_t kHasVersion = 2;
constexpr std::uint64_t kSeenOthers = 4;
constexpr std::uint64_t kGone = 8;

// The low bits are as good as any of a hash.
std::uint64_t bit_of(std::uint64_t version) {
  return version == 0 ? 0 : 1ULL << (version & 63U);
}

}  // namespace

// FNV-1a: the value is on disk, so it must not follow from the standard library at hand.
std::uint64_t version_hash(std::string_view data_version) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char each : data_version) {
    hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3ULL;
  }
  return hash == 0 ? 1 : hash;
}

void ProvenanceSummary::Mark::apply(const Change& change) {
  switch (change.kind) {
    case Change::Kind::made:
      return apply_made(change.made);
    case Change::Kind::wiped:
      if (made.code != 0 && made.gone_seq == 0) made.gone_seq = change.made.gone_seq;
      return;
    case Change::Kind::restored:  // it has not changed for those who read it before the wipe
      made.gone_seq = 0;
      made.reverted = true;
  }
}

void ProvenanceSummary::Mark::apply_made(const Provenance& next) {
  const bool there = made.code != 0 && made.gone_seq == 0;
  const bool same = there && next.version != 0 && next.version == made.version;
  const Provenance before = std::exchange(made, next);
  if (same) {
    made.changed_seq = before.changed_seq;
    made.reverted = before.reverted;
    return;
  }
  made.reverted = (seen & bit_of(next.version)) != 0;
  seen |= bit_of(next.version);
}

void ProvenanceSummary::take_attempt(Index index, const AttemptHead& head, std::int64_t seq) {
  if (head.outcome != Outcome::materialized) return;
  Provenance made;
  made.code = head.code;
  made.read_seq = head.read_seq != 0 ? head.read_seq : seq;
  made.changed_seq = seq;
  made.version = head.data_version.empty() ? 0 : version_hash(head.data_version);
  marks_.update(index, {Change::Kind::made, made});
}

void ProvenanceSummary::take_wipe(Index index, std::int64_t seq) {
  Change change{Change::Kind::wiped, {}};
  change.made.gone_seq = seq;
  marks_.update(index, change);
}

void ProvenanceSummary::take_wipe_undone(Index index) {
  marks_.update(index, {Change::Kind::restored, {}});
}

Index ProvenanceSummary::attempted() {
  Index count = 0;
  for_each([&](Run run, const Provenance&) { count += run.size(); });
  return count;
}

std::string ProvenanceSummary::encode() {
  ByteWriter out;
  Provenance before;
  marks_.for_each([&](Run run, const Mark& mark) {
    const Provenance& made = mark.made;
    const bool materialized = made.code != 0;
    out.u64(static_cast<std::uint64_t>(run.size()) << 1U | (materialized ? 1U : 0U));
    if (!materialized) return;
    const bool seen_others = mark.seen != bit_of(made.version);
    out.u64(static_cast<std::uint64_t>(made.code));
    out.i64(made.read_seq - before.read_seq);
    out.i64(made.changed_seq - before.changed_seq);
    out.u64((made.reverted ? kReverted : 0) | (made.version != 0 ? kHasVersion : 0) |
            (seen_others ? kSeenOthers : 0) | (made.gone_seq != 0 ? kGone : 0));
    if (made.version != 0) out.u64(made.version);
    if (seen_others) out.u64(mark.seen);
    if (made.gone_seq != 0) out.i64(made.gone_seq);
    before = made;
  });
  return out.take();
}

std::optional<ProvenanceSummary> ProvenanceSummary::decode(std::vector<Index> shape,
                                                           std::string_view bytes) {
  Marks::Builder builder(std::move(shape));
  ByteReader in(bytes);
  Mark mark;
  while (!in.done()) {
    const std::uint64_t number = in.u64();
    const auto length = static_cast<Index>(number >> 1U);
    if ((number & 1U) == 0) {
      if (!in.ok() || !builder.add(length, Mark())) return std::nullopt;
      continue;
    }
    mark.made.code = static_cast<std::int64_t>(in.u64());
    mark.made.read_seq += in.i64();
    mark.made.changed_seq += in.i64();
    const std::uint64_t flags = in.u64();
    mark.made.reverted = (flags & kReverted) != 0;
    mark.made.version = (flags & kHasVersion) != 0 ? in.u64() : 0;
    mark.seen = (flags & kSeenOthers) != 0 ? in.u64() : bit_of(mark.made.version);
    mark.made.gone_seq = (flags & kGone) != 0 ? in.i64() : 0;
    if (!in.ok() || mark.made.code == 0 || !builder.add(length, mark)) return std::nullopt;
  }
  if (!builder.is_whole()) return std::nullopt;
  return ProvenanceSummary(builder.take());
}

}  // namespace partita
