#include "service/running_logs.hpp"

#include <poll.h>

#include "base/clock.hpp"
#include "service/leases.hpp"
#include "service/live_log.hpp"
#include "service/live_runs.hpp"
#include "service/outputs.hpp"
#include "service/run_plan.hpp"

namespace partita {
namespace {

// The run looks for followers ten times a second, unless it has very much to do.
constexpr std::int64_t kPatienceMicros = 2'000'000;
constexpr int kPollMillis = 5;

class RunningPieces {
 public:
  RunningPieces(const std::string& asset, const std::string& key, Snapshot& snapshot)
      : asset_(asset), key_(key), snapshot_(snapshot) {}

  Status find(const std::vector<std::string>& planned, LiveRuns live) {
    for (const std::string& name : planned) {
      const AssetDef* asset = snapshot_.catalog().asset(name);
      if (asset == nullptr || (!asset_.empty() && asset_ != name)) continue;
      Result<SpacePtr> space = snapshot_.space(*asset);
      if (!space) return std::move(space).error();
      auto shares = live.shares_of(*asset, **space, PartitionSet::none((*space)->shape()));
      if (!shares) return std::move(shares).error();
      for (const RunShare& share : *shares) add(*asset, *space, share);
    }
    return {};
  }

  void hear(std::string_view asset, std::string_view key, std::string_view line) {
    for (Piece& piece : pieces_) {
      if (piece.log.asset != asset || !is_of(piece, key)) continue;
      piece.log.text.append(line) += '\n';
      return;
    }
  }

  bool empty() const { return pieces_.empty(); }
  RunningLogs take() {
    RunningLogs logs{{}, is_to_run_};
    for (Piece& piece : pieces_) logs.pieces.push_back(std::move(piece.log));
    return logs;
  }

 private:
  struct Piece {
    Project::LogPiece log;
    SpacePtr space;
    Index index = 0;
  };

  void add(const AssetDef& asset, const SpacePtr& space, const RunShare& share) {
    const bool any = key_.empty() && asset.partitions.is_partitioned();
    const std::optional<Index> wanted = any            ? std::nullopt
                                        : key_.empty() ? std::optional<Index>(0)
                                                       : space->index_of(key_);
    if (wanted && share.queued.contains(*wanted)) is_to_run_ = true;
    share.running.for_each([&](Index index) {
      if (!any && wanted != index) return true;
      pieces_.push_back(
          {{asset.key, space->key_at(index), {}, DisplayStatus::running}, space, index});
      return true;
    });
  }

  // Of itself, or of a batch from one key to another.
  static bool is_of(const Piece& piece, std::string_view key) {
    if (piece.log.key == key) return true;
    for (std::size_t dots = key.find(".."); dots != std::string_view::npos;
         dots = key.find("..", dots + 1)) {
      const auto first = piece.space->index_of(key.substr(0, dots));
      const auto last = piece.space->index_of(key.substr(dots + 2));
      if (first && last) return *first <= piece.index && piece.index <= *last;
    }
    return false;
  }

  const std::string& asset_;
  const std::string& key_;
  Snapshot& snapshot_;
  std::vector<Piece> pieces_;
  bool is_to_run_ = false;
};

}  // namespace

Result<RunningLogs> running_logs(const RunRecord& run, const std::string& asset,
                                 const std::string& key, Snapshot& snapshot, Store& store,
                                 const Settings& settings) {
  RunningPieces pieces(asset, key, snapshot);
  const Catalog& catalog = snapshot.catalog();
  LiveRuns live = LiveRuns::look_at(settings, catalog, store, run);
  if (Status found = pieces.find(RunPlan(run, catalog, store).assets(), std::move(live)); !found)
    return std::move(found).error();
  LiveLogReader reader(temporary_directory(settings, run.id));
  const std::int64_t until = system_clock().monotonic_micros() + kPatienceMicros;
  while (!pieces.empty() && !reader.has_caught_up() && has_lease(settings, run.id) &&
         system_clock().monotonic_micros() < until) {
    Status read = reader.read([&](std::string_view of, std::string_view at, std::string_view line) {
      pieces.hear(of, at, line);
    });
    if (!read) return std::move(read).error();
    if (!reader.has_caught_up()) ::poll(nullptr, 0, kPollMillis);
  }
  return pieces.take();
}

}  // namespace partita
