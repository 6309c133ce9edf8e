#include <fmt/format.h>

#include "base/text.hpp"
#include "service/leases.hpp"
#include "service/project_state.hpp"

namespace partita {
namespace {

constexpr std::size_t kMostPieces = 20;  // of the partitions, as text

// FROM..TO
Result<PartitionSet> range_of(const std::string& text, const PartitionSpace& space) {
  auto expr = parse_partitions(text);
  if (!expr) return std::move(expr).error();
  if ((*expr)->kind != PartitionExpr::Kind::range)
    return usage_error(fmt::format("read `{}`: it is neither a key nor a range", text),
                       "write keys, and ranges as FROM..TO");
  return evaluate(**expr, space, {});
}

Result<PartitionSet> reported(const AssetDef& asset, const PartitionSpace& space,
                              const std::vector<std::string>& keys) {
  if (!asset.partitions.is_partitioned()) {
    if (keys.empty()) return PartitionSet::all(space.shape());
    return usage_error(fmt::format("report `{}`: it is not partitioned", asset.key),
                       "leave out the keys");
  }
  if (keys.empty()) {
    return usage_error(fmt::format("report `{}`: which partitions?", asset.key),
                       "name their keys, or write - to read one a line");
  }
  std::vector<Index> indices;
  indices.reserve(keys.size());
  PartitionSet ranges = PartitionSet::none(space.shape());
  for (const std::string& key : keys) {
    Result<Index> index = space.find(key);
    Result<PartitionSet> range = index || key.find("..") == std::string::npos
                                     ? PartitionSet::none(space.shape())
                                     : range_of(key, space);
    Error* error = !range ? &range.error() : !index && range->empty() ? &index.error() : nullptr;
    if (error != nullptr) return std::move(*error).wrap(fmt::format("report `{}`", asset.key));
    ranges = ranges.united(*range);
    if (index) indices.push_back(*index);
  }
  return PartitionSet::of_indices(space.shape(), std::move(indices)).united(ranges);
}

const char* kind_of(const Json& value) {
  if (value.is_bool()) return "bool";
  if (value.is_int()) return "int";
  return value.is_double() ? "float" : "text";
}

Metadata metadata_of(const Json& values) {
  Metadata metadata;
  for (const auto& [name, value] : values.as_object()) {
    metadata.emplace_back(name, Json::object().set("kind", kind_of(value)).set("value", value));
  }
  return metadata;
}

RunRecord run_of(const ReportView& view, const Snapshot& snapshot, const Clock& clock) {
  RunRecord run;
  run.kind = RunKind::report;
  run.started = clock.now_micros();
  run.generation = snapshot.catalog().generation;
  run.as_of = snapshot.now();
  run.selection = view.asset + (view.partitions.empty() ? "" : "@" + view.partitions);
  run.planned = view.count;
  run.plan = Json::array().push(Json::object()
                                    .set("asset", view.asset)
                                    .set("partitions", view.partitions)
                                    .set("count", view.count));
  return run;
}

}  // namespace

Result<ReportView> Project::report(const ReportRequest& request) {
  // Not while keys get other names.
  Result<FileLock> lock =
      FileLock::acquire(admission_file(state_->settings), [](std::int64_t) { return Status(); });
  if (!lock) return std::move(lock).error();
  Snapshot snapshot = state_->snapshot();
  Result<const AssetDef*> asset = snapshot.find(request.asset);
  if (!asset) return std::move(asset).error();
  Result<SpacePtr> space = snapshot.space(**asset);
  if (!space) return std::move(space).error();
  Result<PartitionSet> set = reported(**asset, **space, request.keys);
  if (!set) return std::move(set).error();
  ReportView view{0, (*asset)->key, {}, set->count()};
  if ((*asset)->partitions.is_partitioned()) view.partitions = to_text(*set, **space, kMostPieces);

  // What made it nobody knows; it is reported by today's definitions.
  AttemptRecord common;
  common.code_version = snapshot.catalog().code_version(**asset);
  common.asset = view.asset;
  common.outcome = Outcome::materialized;
  common.finished = state_->clock->now_micros();
  common.data_version = request.data_version;
  common.metadata = metadata_of(request.metadata);
  const auto attempts_of = [&](RunId run) {
    std::vector<AttemptRecord> attempts;
    attempts.reserve(static_cast<std::size_t>(view.count));
    set->for_each([&](Index index) {
      AttemptRecord& attempt = attempts.emplace_back(common);
      attempt.identity = (*space)->identity_at(index);
      attempt.key = (*space)->key_at(index);
      if (attempt.data_version.empty())
        attempt.data_version = fmt::format("run-{}-{}", run, attempts.size());
      return true;
    });
    return attempts;
  };
  Result<RunId> run =
      state_->store->record_run(run_of(view, snapshot, *state_->clock), attempts_of);
  if (!run) return std::move(run).error();
  view.run = *run;
  return view;
}

}  // namespace partita
