#include "store/past_keys.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "store/prefixes.hpp"
#include "store/rename_codec.hpp"

namespace partita {

namespace {

using Ordinals = std::unordered_map<std::string, std::int64_t>;

// Behind the set's name.
void read_added(ByteReader& in, Ordinals& ordinals) {
  in.u64();  // the next ordinal
  std::string key;
  for (auto left = in.u64(); left > 0 && in.ok(); --left) {
    const auto ordinal = static_cast<std::int64_t>(in.u64());
    read_after(in, key);
    ordinals.emplace(key, ordinal);
  }
}

void read_removed(ByteReader& in, Ordinals& ordinals) {
  std::string key;
  for (auto left = in.u64(); left > 0 && in.ok(); --left) {
    read_after(in, key);
    ordinals.erase(key);
  }
}

DynamicKeys in_order(Ordinals ordinals) {
  std::vector<std::pair<std::int64_t, std::string>> pairs;
  pairs.reserve(ordinals.size());
  while (!ordinals.empty()) {
    auto node = ordinals.extract(ordinals.begin());
    pairs.emplace_back(node.mapped(), std::move(node.key()));
  }
  std::sort(pairs.begin(), pairs.end());
  auto keys = std::make_shared<std::vector<std::string>>();
  keys->reserve(pairs.size());
  for (auto& [ordinal, key] : pairs) keys->push_back(std::move(key));
  return keys;
}

}  // namespace

Result<DynamicKeys> PastKeys::at(std::string_view set, std::int64_t seq) {
  Cached& cached = cache_[std::string(set)];
  if (cached.keys && cached.seq == seq) return cached.keys;
  Ordinals ordinals;
  auto replayed = log_.for_each_of_sets(
      0, seq, [&](const Event& event) { return replay(event, set, ordinals); });
  if (!replayed) return std::move(replayed).error();
  cached = {seq, in_order(std::move(ordinals))};
  return cached.keys;
}

Status PastKeys::replay(const Event& event, std::string_view set, Ordinals& ordinals) const {
  ByteReader in(event.payload);
  if (in.text() != set) return {};
  if (event.kind == EventKind::key_renamed) {
    const auto renamed = decode_renamed(event.payload, false);
    if (!renamed) return damaged_event(database_, event.seq);
    auto node = ordinals.extract(renamed->rename.from);
    if (node.empty()) return {};
    node.key() = renamed->rename.to;
    ordinals.insert(std::move(node));
    return {};
  }
  event.kind == EventKind::keys_added ? read_added(in, ordinals) : read_removed(in, ordinals);
  return in.ok() ? Status() : damaged_event(database_, event.seq);
}

Result<bool> PastKeys::any_left_after(std::string_view set, std::int64_t seq) {
  bool found = false;
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  auto looked = log_.for_each_of_sets(seq, kNewest, [&](const Event& event) -> Status {
    found =
        found || (event.kind != EventKind::keys_added && ByteReader(event.payload).text() == set);
    return {};
  });
  if (!looked) return std::move(looked).error();
  return found;
}

}  // namespace partita
