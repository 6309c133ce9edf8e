#include "store/key_renames.hpp"

#include <algorithm>

namespace partita {

namespace {

constexpr char kFormer = '\x1f';  // no key has a control character

std::string former(std::string_view identity, std::int64_t seq) {
  return std::string(identity) + kFormer + std::to_string(seq);
}

std::size_t before(const std::vector<PartitionRename>& renames, std::int64_t seq) {
  const auto first = std::upper_bound(
      renames.begin(), renames.end(), seq,
      [](std::int64_t at, const PartitionRename& rename) { return at < rename.seq; });
  return static_cast<std::size_t>(first - renames.begin());
}

}  // namespace

bool is_former(std::string_view identity) {
  return identity.find(kFormer) != identity.npos;
}

// --- AssetRenames ---

std::string AssetRenames::now(std::int64_t seq, std::string_view identity) const {
  std::string name(identity), key;
  bring_up(seq, name, key);
  return name;
}

void AssetRenames::bring_up(std::int64_t seq, std::string& identity, std::string& key) const {
  for (std::size_t i = before(renames_, seq); i < renames_.size(); ++i) {
    const auto& [at, slots, from, to] = renames_[i];
    if (is_former(identity)) return;
    if (slots.have(identity, to)) {
      identity = former(identity, at);
    } else if (slots.have(identity, from)) {
      identity = slots.replaced(identity, from, to);
      key = slots.replaced(key, from, to);
    }
  }
}

std::optional<std::string> AssetRenames::then(std::int64_t seq, std::string_view identity) const {
  std::string name(identity);
  const std::size_t first = before(renames_, seq);
  for (std::size_t i = renames_.size(); i-- > first;) {
    const auto& [at, slots, from, to] = renames_[i];
    if (is_former(name)) {
      const std::size_t end = name.find(kFormer);
      if (name == former(name.substr(0, end), at)) name.resize(end);
    } else if (slots.have(name, from)) {
      return std::nullopt;
    } else {
      name = slots.replaced(name, to, from);
    }
  }
  return name;
}

// --- KeyRenames ---

Result<const AssetRenames*> KeyRenames::of(AssetId asset) {
  static const AssetRenames kNone;
  if (auto refreshed = refresh(); !refreshed) return std::move(refreshed).error();
  if (renames_.empty()) return &kNone;
  const auto found = renames_.find(asset);
  return found == renames_.end() ? &kNone : &found->second;
}

// What another process has renamed is seen in a later transaction only.
Status KeyRenames::refresh() {
  const std::uint64_t transaction = database_.transaction();
  if (transaction != 0 && transaction == looked_in_) return {};
  auto last = database_.statement("SELECT max(seq) FROM key_rename").integer();
  if (!last) return std::move(last).error();
  if (last->value_or(0) != last_seq_) {
    if (auto loaded = load(); !loaded) return loaded;
  }
  looked_in_ = transaction;
  return {};
}

Status KeyRenames::load() {
  forget();
  Rows rows =
      database_
          .statement(
              "SELECT seq, asset, rank, slots, old_key, new_key FROM key_rename ORDER BY seq")
          .query();
  while (rows.next()) {
    last_seq_ = rows.integer(0);
    if (rows.is_null(1)) continue;
    const KeySlots slots{static_cast<std::uint64_t>(rows.integer(2)),
                         static_cast<std::uint64_t>(rows.integer(3))};
    renames_[rows.integer(1)].add(
        {last_seq_, slots, std::string(rows.text(4)), std::string(rows.text(5))});
  }
  return rows.status();
}

Result<std::vector<KeyRename>> KeyRenames::after(std::int64_t seq) {
  std::vector<KeyRename> found;
  Rows rows = database_
                  .statement(
                      "SELECT dynamic_set, old_key, new_key FROM key_rename"
                      " WHERE seq > ? AND asset IS NULL ORDER BY seq")
                  .query(seq);
  while (rows.next()) {
    found.push_back(
        {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  }
  if (!rows.status()) return rows.status().error();
  return found;
}

Status KeyRenames::add(std::int64_t seq, const KeyRename& rename) {
  forget();
  return database_.statement("INSERT INTO key_rename VALUES (?, ?, ?, ?, NULL, NULL, NULL)")
      .run(seq, rename.set, rename.from, rename.to);
}

Status KeyRenames::add(AssetId asset, std::string_view set, const PartitionRename& rename) {
  forget();
  return database_.statement("INSERT INTO key_rename VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(rename.seq, set, rename.from, rename.to, asset,
           static_cast<std::int64_t>(rename.slots.rank),
           static_cast<std::int64_t>(rename.slots.slots));
}

void KeyRenames::forget() {
  renames_.clear();
  last_seq_ = 0;
  looked_in_ = 0;
}

}  // namespace partita
