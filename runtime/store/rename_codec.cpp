#include "store/rename_codec.hpp"

#include <utility>

#include "store/prefixes.hpp"

namespace partita {

namespace {

void write(ByteWriter& out, const std::vector<OutputRecord>& moves) {
  out.u64(moves.size());
  std::string_view from, to;
  for (const OutputRecord& move : moves) {
    write_after(out, std::exchange(from, move.staged), move.staged);
    write_after(out, std::exchange(to, move.target), move.target);
    out.u64(move.inode);
  }
}

std::vector<OutputRecord> read_moves(ByteReader& in) {
  std::vector<OutputRecord> moves;
  std::string from, to;
  for (auto left = in.count(); left > 0 && in.ok(); --left) {
    read_after(in, from);
    read_after(in, to);
    moves.push_back({from, to, in.u64(), true});
  }
  return moves;
}

}  // namespace

std::string encode(const KeyRenamed& renamed) {
  ByteWriter out;
  out.text(renamed.rename.set);
  out.text(renamed.rename.from);
  out.text(renamed.rename.to);
  if (renamed.partitions) {
    out.u64(renamed.partitions->slots.rank);
    out.u64(renamed.partitions->slots.slots);
    write(out, renamed.partitions->moves);
  }
  return out.take();
}

std::optional<KeyRenamed> decode_renamed(std::string_view payload, bool of_asset) {
  ByteReader in(payload);
  KeyRenamed renamed;
  renamed.rename.set = in.text();
  renamed.rename.from = in.text();
  renamed.rename.to = in.text();
  if (of_asset) {
    RenamedPartitions& partitions = renamed.partitions.emplace();
    partitions.slots.rank = in.u64();
    partitions.slots.slots = in.u64();
    partitions.moves = read_moves(in);
  }
  if (!in.ok() || !in.done()) return std::nullopt;
  return renamed;
}

}  // namespace partita
