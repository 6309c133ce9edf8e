#include "service/orphans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

namespace partita {
namespace {

// Of an identity that is one window: `@start/end`.
std::optional<Window> window_of(std::string_view identity) {
  if (!identity.starts_with('@')) return std::nullopt;
  Window window;
  const char* const end = identity.data() + identity.size();
  const auto start = std::from_chars(identity.data() + 1, end, window.start);
  if (start.ec != std::errc() || start.ptr == end || *start.ptr != '/') return std::nullopt;
  const auto stop = std::from_chars(start.ptr + 1, end, window.end);
  if (stop.ec != std::errc() || stop.ptr != end) return std::nullopt;
  return window;
}

PartitionRow row_of(const PartitionState& state) {
  PartitionRow row;
  row.key = state.key;
  row.window = window_of(state.identity);
  row.status = status_of(state.last, state.materialized);
  row.reason = state.reason;
  return row;
}

bool before(const PartitionRow& a, const PartitionRow& b) {
  const auto start = [](const PartitionRow& row) { return row.window ? row.window->start : 0; };
  return std::tuple(start(a), std::string_view(a.key)) <
         std::tuple(start(b), std::string_view(b.key));
}

// Whether something is known of more partitions than those that there are now.
Result<bool> may_have_orphans(const AssetDef& asset, Snapshot& snapshot, Store& store) {
  Result<std::int64_t> known = store.count_states(asset.key);
  if (!known) return std::move(known).error();
  if (*known == 0) return false;
  Result<const OutcomeSets*> sets = snapshot.outcomes(asset);
  if (!sets) return std::move(sets).error();
  return ever_attempted(**sets).count() != *known;
}

Status for_each_missing_in(const AssetDef& asset, Snapshot& snapshot, Store& store,
                           const std::function<void(const PartitionState&)>& visit) {
  Result<bool> may_be = may_have_orphans(asset, snapshot, store);
  if (!may_be) return std::move(may_be).error();
  if (!*may_be) return {};
  Result<SpacePtr> space = space_of_definition(asset, snapshot);
  if (!space) return std::move(space).error();
  return store.for_each_state(asset.key, [&](const PartitionState& state) {
    if (!(*space)->index_of_identity(state.identity)) visit(state);
  });
}

}  // namespace

DisplayStatus status_of(Outcome last, bool materialized) {
  const bool counts = materialized && last != Outcome::failed;
  return counts ? DisplayStatus::materialized : display_status(last);
}

Result<SpacePtr> space_of_definition(const AssetDef& asset, Snapshot& snapshot) {
  Result<SpacePtr> space = snapshot.space_of_all_time(asset);
  return space ? std::move(space) : snapshot.space(asset);
}

Status for_each_orphan(std::string_view asset, Snapshot& snapshot, Store& store,
                       const std::function<void(const PartitionState&)>& visit) {
  Result<bool> orphaned = snapshot.is_orphaned(asset);
  if (!orphaned) return std::move(orphaned).error();
  if (*orphaned) return store.for_each_state(asset, visit);
  Result<const AssetDef*> found = snapshot.find(asset);
  if (!found) return std::move(found).error();
  return for_each_missing_in(**found, snapshot, store, visit);
}

Result<std::int64_t> count_orphans(const AssetDef& asset, Snapshot& snapshot, Store& store) {
  std::int64_t count = 0;
  Status read =
      for_each_missing_in(asset, snapshot, store, [&](const PartitionState&) { ++count; });
  if (!read) return std::move(read).error();
  return count;
}

Result<PartitionsView> orphans_of(const PartitionsRequest& request, Snapshot& snapshot,
                                  Store& store) {
  const bool orphaned = snapshot.catalog().asset(request.asset) == nullptr;
  if (!request.selection.empty() || !request.cursor.empty()) {
    if (orphaned)
      return usage_error(
          fmt::format(
              "list partitions of `{}`: no definition has it any more, so what is kept of it "
              "has no selection and no pages",
              request.asset),
          "--limit 0 shows all of them");
    return usage_error("list orphans: they have no selection and no pages",
                       "--limit 0 shows all of them");
  }
  PartitionsView view;
  view.asset = request.asset;
  view.orphaned = orphaned;
  Status read = for_each_orphan(request.asset, snapshot, store, [&](const PartitionState& state) {
    PartitionRow row = row_of(state);
    if (!request.status || row.status == *request.status) view.partitions.push_back(std::move(row));
  });
  if (!read) return std::move(read).error();
  std::sort(view.partitions.begin(), view.partitions.end(), before);
  view.count = static_cast<std::int64_t>(view.partitions.size());
  if (request.limit > 0 && view.count > request.limit)
    view.partitions.resize(static_cast<std::size_t>(request.limit));
  return view;
}

}  // namespace partita
