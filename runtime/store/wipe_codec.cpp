#include "store/wipe_codec.hpp"

#include <utility>

#include "store/prefixes.hpp"

namespace partita {

namespace {

// The texts of the partition before.
struct Previous {
  std::string identity, key, from, to;
};

void write_shared(ByteWriter& out, std::string& previous, const std::string& text) {
  write_after(out, previous, text);
  previous = text;
}

void write_known(ByteWriter& out, const PartitionStates::Known& known) {
  out.u64(static_cast<std::uint64_t>(known.last));
  out.u64(static_cast<std::uint64_t>(known.last_seq));
  out.u64(static_cast<std::uint64_t>(known.last_run));
  out.u64(static_cast<std::uint64_t>(known.materialized_seq.value_or(0)));
  out.text(known.reason);
}

void write(ByteWriter& out, Previous& previous, const WipedPartition& partition) {
  write_shared(out, previous.identity, partition.identity);
  write_shared(out, previous.key, partition.known.key);
  write_known(out, partition.known);
  out.u64(partition.checks.size());
  for (const CheckResult& check : partition.checks) {
    out.text(check.name);
    out.u64(static_cast<std::uint64_t>(check.seq) * 2 + (check.passed ? 1 : 0));
  }
  out.flag(partition.move.has_value());
  if (!partition.move) return;
  write_shared(out, previous.from, partition.move->staged);
  write_shared(out, previous.to, partition.move->target);
  out.u64(partition.move->inode);
}

void read_known(ByteReader& in, PartitionStates::Known& known) {
  known.last = static_cast<Outcome>(in.u64());
  known.last_seq = static_cast<std::int64_t>(in.u64());
  known.last_run = static_cast<RunId>(in.u64());
  const auto seq = static_cast<std::int64_t>(in.u64());
  if (seq != 0) known.materialized_seq = seq;
  known.reason = in.text();
}

WipedPartition read(ByteReader& in, Previous& previous) {
  WipedPartition partition;
  read_after(in, previous.identity);
  read_after(in, previous.key);
  partition.identity = previous.identity;
  partition.known.key = previous.key;
  read_known(in, partition.known);
  for (auto left = in.count(); left > 0 && in.ok(); --left) {
    std::string name(in.text());
    const std::uint64_t result = in.u64();
    partition.checks.push_back(
        {std::move(name), result % 2 != 0, static_cast<std::int64_t>(result / 2)});
  }
  if (!in.flag()) return partition;
  read_after(in, previous.from);
  read_after(in, previous.to);
  partition.move = OutputRecord{previous.from, previous.to, in.u64(), true};
  return partition;
}

}  // namespace

std::string encode(const WipedPartitions& wiped) {
  ByteWriter out;
  out.u64(static_cast<std::uint64_t>(wiped.wipe));
  out.text(wiped.selection);
  out.u64(wiped.partitions.size());
  Previous previous;
  for (const WipedPartition& partition : wiped.partitions) write(out, previous, partition);
  return out.take();
}

std::optional<WipedPartitions> decode_wiped(std::string_view payload) {
  ByteReader in(payload);
  WipedPartitions wiped;
  wiped.wipe = static_cast<WipeId>(in.u64());
  wiped.selection = in.text();
  Previous previous;
  for (auto left = in.count(); left > 0 && in.ok(); --left)
    wiped.partitions.push_back(read(in, previous));
  if (!in.ok() || !in.done()) return std::nullopt;
  return wiped;
}

}  // namespace partita
