// What the verbs answer: plain values, and their JSON, which others rely on (see README.md).
//
// The shell prints these and the page will serve them; nobody else computes what is shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"

namespace partita {

// The one displayed status of a partition: the first that applies.
enum class DisplayStatus {
  running,
  queued,
  failed,
  materialized,
  upstream_failed,
  skipped,
  cancelled,
  missing,
  passed  // of a run that only checks; no partition has it
};
// Of partitions.
inline constexpr DisplayStatus kAllStatuses[] = {
    DisplayStatus::running,      DisplayStatus::queued,          DisplayStatus::failed,
    DisplayStatus::materialized, DisplayStatus::upstream_failed, DisplayStatus::skipped,
    DisplayStatus::cancelled,    DisplayStatus::missing};
const char* to_text(DisplayStatus status);
Result<DisplayStatus> parse_display_status(std::string_view text);

using StatusCounts = std::map<DisplayStatus, std::int64_t>;  // without zeros

// A short strip of the whole space, first partition left: one bucket a character.
struct StripBucket {
  std::int64_t size = 0;
  std::int64_t materialized = 0;
  std::int64_t failed = 0;  // failed or upstream_failed
};

struct ProblemView {
  std::string plugin;
  std::string code;
  std::string message;
  bool warning = false;
};

struct AssetRow {
  std::string key, group, plugin, description;
  std::vector<std::string> kinds, deps;
  std::string partitions_kind;  // empty: not partitioned
  std::string partitions_text;  // in words
  std::int64_t partition_count = 1;
  StatusCounts counts;
  std::int64_t stale = 0, unknown = 0;  // of those that are materialized
  std::int64_t checks_not_passed = 0;   // partitions at which some check did not pass last
  std::vector<StripBucket> strip;       // at most 24 buckets
  std::string blocked;                  // why it cannot run, empty where it can
};

// Assets that no definition has any more, and of which something is known.
struct OrphanedCount {
  std::int64_t assets = 0, partitions = 0;
};

struct ListView {
  std::int64_t generation = 0;
  std::vector<AssetRow> assets;
  std::vector<ProblemView> problems;
  OrphanedCount orphaned;  // whatever was selected
};

struct DependencyView {
  std::string asset, mapping;  // in words
};
struct CheckView {
  std::string name, description;
  bool blocking = false, warning = false;
  std::int64_t passed = 0, not_passed = 0;  // partitions, by the last results of what is there
};
struct AssetView {
  AssetRow row;
  std::string code_version, pool, plugin_file, load_hash;
  std::vector<std::string> owners;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<DependencyView> upstream;
  std::vector<std::string> downstream;
  std::vector<CheckView> checks;
  std::int64_t orphans = 0;  // known partitions that the definition does not have
  // No definition has it any more: what is known is what is kept. What its definition said is as of
  // `last_run`, the last that had part of it.
  bool orphaned = false;
  std::int64_t last_run = 0;
  std::vector<std::pair<std::string, std::string>> policy;  // how it is run, in words
  Json policy_json = Json::object();
  std::string stale_definition;  // its plugin's last good version serves, and why
  // The latest materialization, if there is one.
  struct Latest {
    std::string key;
    std::int64_t run = 0;
    Instant at = 0;
    std::string data_version, code_version, code_hash, output_dir;
    std::vector<std::pair<std::string, Json>> metadata;  // {"kind", "value"}
  };
  std::optional<Latest> latest;
  bool latest_is_orphan = false;  // of a partition that the definition does not have
};

struct OrphanedAssetRow {
  std::string key;
  std::int64_t partitions = 0;  // of which something is known
  StatusCounts counts;
  std::optional<AssetView::Latest> latest;
  std::int64_t output_bytes = 0;
  bool more_output = false;  // there are more files than were looked at
};
struct OrphanedAssetsView {
  std::int64_t generation = 0;
  std::vector<OrphanedAssetRow> assets;
};

struct PartitionRow {
  std::string key;
  std::optional<Window> window;
  DisplayStatus status = DisplayStatus::missing;
  std::string reason;         // why it did not succeed, or is stale
  std::optional<bool> fresh;  // of what is materialized, where it can be said
};
struct PartitionsView {
  std::string asset;
  std::int64_t count = 0;  // that match
  std::vector<PartitionRow> partitions;
  std::string cursor;                 // empty: these are the last
  std::vector<ProblemView> problems;  // why the last good version of its plugin serves
  bool orphaned = false;              // no definition has the asset any more
};

struct CheckResultView {
  std::string name;
  bool passed = false, blocking = false, warning = false;
  std::string reason;
  std::vector<std::pair<std::string, Json>> metadata;
  bool ran = true;  // false: the check failed itself
};
struct UsageView {
  double user_seconds = 0, system_seconds = 0;
  std::int64_t max_rss_bytes = 0;
};
struct FailureView {
  std::string kind;
  int signal = 0;
  std::string message, backtrace;
  std::optional<UsageView> usage = {};
};
struct AttemptView {
  std::string asset, key;
  DisplayStatus status = DisplayStatus::missing;
  int attempts = 1;
  double seconds = 0;
  std::optional<FailureView> error;
  std::string reason;
  std::string data_version, code_hash;
  std::vector<std::pair<std::string, Json>> metadata;
  std::vector<CheckResultView> checks;
  std::vector<AttemptView> earlier;  // at the same partition in the same run, by `run`
};
struct RunRow {
  std::int64_t run = 0;
  std::string kind = "materialize";  // report, check
  std::string result;                // running, success, failed, cancelled, interrupted
  std::string selection;
  std::vector<std::string> options;  // that say what it makes, as typed
  Instant started = 0;
  double seconds = 0;  // so far, of one that is running
  std::int64_t planned = 0;
  std::int64_t generation = 0;
  Instant as_of = 0;
  StatusCounts counts;
};
struct RunView {
  RunRow row;
  Json plan;  // [{asset, partitions, count}]
  std::vector<AttemptView> partitions;
  bool truncated = false;
};

// What becomes of an asset's partitions where it goes, or is partitioned in another way.
struct PartitionsEffect {
  std::string asset;
  std::int64_t leave = 0, come = 0;
  std::int64_t history = 0;  // of those that leave, materialized: kept as history
};

struct ReloadView {
  std::int64_t generation = 0;
  std::vector<std::string> added, removed;
  std::vector<std::pair<std::string, std::vector<std::string>>> changed;  // asset, what
  std::vector<PartitionsEffect> effects;  // on assets that are in `removed` or `changed`
  std::int64_t unchanged = 0;
  std::vector<ProblemView> problems;
  std::vector<std::string> output;   // what plugins printed while they were loaded
  std::vector<std::string> emptied;  // definitions directories that had plugins, and have none
  bool failed() const;               // a problem that is no mere warning
  bool is_change() const;            // of assets
};

struct MaterializeView {
  std::int64_t run = 0;  // 0: there was nothing to do, or a dry run
  std::string result;    // success, failed, cancelled
  StatusCounts counts;
  double seconds = 0;
  std::int64_t planned = 0;
  std::int64_t unchanged = 0;        // planned on a condition that did not come about
  bool timed_out = false;            // --timeout stopped it
  std::string kind = "materialize";  // check
  std::string selection = {};
  std::vector<std::string> options = {};  // that say what it makes, as typed
  bool upstream_would_do = false;         // --upstream-missing would make some of what is held back
};

struct ReportView {
  std::int64_t run = 0;
  std::string asset, partitions;  // in the selection grammar; empty: not partitioned
  std::int64_t count = 0;
};

struct CancelView {
  std::int64_t run = 0;
  std::int64_t pid = 0;  // of the process that was asked to stop
};

// Some partitions of an asset that a wipe takes or brings back.
struct WipedView {
  std::string asset, partitions;  // in the selection grammar; empty: not partitioned
  std::int64_t count = 0, materialized = 0, outputs = 0;
  std::string reason;  // why they were not brought back
};
struct WipeView {
  std::int64_t wipe = 0;  // 0: nothing was wiped
  std::string selection;
  std::vector<WipedView> assets;
  std::int64_t count() const;
};
struct UndoneWipeView {
  std::int64_t wipe = 0;
  std::string selection;
  std::vector<WipedView> restored, refused;
};
struct WipeRow {
  std::int64_t wipe = 0;
  Instant at = 0;
  std::string selection;
  std::int64_t partitions = 0, outputs = 0, undone = 0;
  bool purged = false;  // it had outputs, and they are gone
};

struct RenameView {
  struct Asset {
    std::string asset;
    std::int64_t partitions = 0, outputs = 0;  // of which anything was known
  };
  std::string set, from, to;
  std::vector<Asset> assets;
};

struct PlanTaskView {
  std::string asset, partitions, reason;
  std::int64_t count = 0;
  bool conditional = false;  // up to date: runs only if what it reads changes in the run
};
struct PlanView {
  bool checks_only = false;           // of checks on their own: nothing is made
  std::int64_t not_materialized = 0;  // then, of what was selected: left out
  std::string id;                     // follows from all of it; empty where it is not frozen
  Instant as_of = 0;
  std::int64_t generation = 0;
  std::vector<PlanTaskView> tasks;
  std::vector<PlanTaskView> blocked;
  double eta_seconds = 0;             // 0: unknown
  std::vector<ProblemView> problems;  // why last good versions of its plugins serve
  std::int64_t count() const;         // conditional ones included
  std::int64_t conditional_count() const;
};
// A plan, and as the text of a file that can be applied later.
struct FrozenPlan {
  PlanView view;
  std::string text;
};

// A check of the asset at one partition, as it came out last.
struct LastCheckView {
  CheckResultView result;
  std::int64_t run = 0;  // 0: it has not run here
  Instant at = 0;
};

// Why a partition is as it is, and what would make it otherwise.
struct ExplainView {
  std::string asset, key;
  DisplayStatus status = DisplayStatus::missing;
  std::string status_reason;  // in one line, where it did not succeed, or a run is at it
  std::int64_t live_run = 0;  // which; 0: none
  enum class Freshness { none, fresh, stale, unknown } freshness = Freshness::none;
  struct Reason {
    std::string kind, text;
  };
  std::vector<Reason> reasons;     // of what is stale, or not known
  std::string code_version;        // today's; empty: none is declared
  bool code_is_automatic = false;  // `auto`: the hash of the plugin's code
  std::optional<AssetView::Latest> made;
  struct Upstream {
    std::string asset, key;
    DisplayStatus status = DisplayStatus::missing;
    std::string note;  // `changed by run 7: data version a -> b`, `does not exist`
    enum class Kind { made_here, external, nonexistent } kind = Kind::nonexistent;
  };
  std::vector<Upstream> upstream;   // at most kMostUpstreamShown of them, those with a note first
  std::int64_t upstream_count = 0;  // in all
  struct Attempt {
    std::int64_t run = 0;
    Instant at = 0;
    DisplayStatus status = DisplayStatus::missing;
    int number = 1;
    double seconds = 0;
    std::string reason;
  };
  std::vector<Attempt> attempts;      // newest first
  std::int64_t attempt_count = 0;     // in all
  std::string output;                 // the end of what the last attempt printed, if it failed
  std::string output_key;             // the partition of its batch that has that; empty: it itself
  std::string held_back;              // why it could not run now; empty: it could
  bool upstream_would_do = false;     // with what is missing upstream it could
  bool is_external = false;           // made elsewhere: never run
  bool orphaned = false;              // no definition has the asset any more
  bool orphan = false;                // its definition does not have the partition any more
  std::vector<LastCheckView> checks;  // those that the asset has today
};
inline constexpr std::size_t kMostUpstreamShown = 20;

struct StatusView {
  std::string project;
  std::int64_t generation = 0;
  std::int64_t assets = 0, partitions = 0;
  StatusCounts counts;
  std::int64_t stale = 0, checks_not_passed = 0;
  std::vector<AssetRow> attention;  // assets with failures, held-back or blocked partitions
  std::vector<RunRow> recent;       // newest first
  std::vector<RunRow> interrupted;  // of which something is left to do
  std::vector<ProblemView> problems;
  OrphanedCount orphaned;
};

struct DynamicSetRow {
  std::string set;
  std::int64_t count = 0;
};
struct DynamicSetView {
  std::string set;
  DynamicKeys keys;                      // in the order in which they were added
  std::map<std::string, Json> metadata;  // of the keys that have any: an object of plain values
};

Json to_json(const ListView& view);
// Lineage: the assets, and an edge for each dependency.
Json graph_to_json(const ListView& view);
Json to_json(const AssetView& view);
Json to_json(const OrphanedAssetsView& view);
Json to_json(const PartitionsView& view);
Json to_json(const RunRow& row);
Json to_json(const RunView& view);
Json to_json(const AttemptView& attempt);
Json to_json(const ReloadView& view);
Json to_json(const MaterializeView& view);
Json to_json(const ReportView& view);
Json to_json(const WipeView& view);
Json to_json(const UndoneWipeView& view);
Json to_json(const WipeRow& row);
Json to_json(const RenameView& view);
Json to_json(const PlanView& view);
Json to_json(const ExplainView& view);
Json to_json(const StatusView& view);
Json to_json(const DynamicSetView& view);
Json to_json(const StatusCounts& counts);
Json to_json(const Error& error);  // {"error": {code, message, hint}}

}  // namespace partita
