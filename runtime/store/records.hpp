// What the store keeps, as values. Instants are UTC microseconds, durations microseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "partitions/key_slots.hpp"

namespace partita {

using RunId = std::int64_t;

// How an attempt to materialize a partition ended, or to check one. The numbers are on disk: append
// only.
enum class Outcome : std::uint8_t {
  none = 0,  // never attempted
  materialized = 1,
  failed = 2,
  upstream_failed = 3,
  skipped = 4,
  cancelled = 5,
  passed = 6,  // its checks, where nothing but they ran; those that did not pass: failed
};
const char* to_text(Outcome outcome);

// One value of a partition's metadata: {"kind": "int|float|bool|text|markdown|json|path|url",
// "value": ...}.
using Metadata = std::vector<std::pair<std::string, Json>>;

// What is kept with a key of a dynamic set: an object of plain values.
struct KeyMetadata {
  std::string key;
  Json values;
  bool operator==(const KeyMetadata&) const = default;
};

// The last result of a check at a partition, and the event that has the rest of it.
struct CheckResult {
  std::string name;
  bool passed = false;
  std::int64_t seq = 0;  // 0, of files of before version 5: of the materialization that counts
  bool operator==(const CheckResult&) const = default;
};

struct CheckRecord {
  std::string name;
  bool passed = false;
  bool ran = true;  // false: the check itself failed; `reason` says how
  bool blocking = false;
  bool warning = false;  // its severity
  std::string reason;
  Metadata metadata;
};

// A check's last result, in full.
struct LastCheck {
  CheckRecord result;
  RunId run = 0;
  std::int64_t at = 0;  // when it ended
};

using CheckResultVisitor =
    std::function<void(std::string_view identity, std::string_view name, bool passed)>;

using CheckCountVisitor =
    std::function<void(const std::string& name, std::int64_t passed, std::int64_t not_passed)>;

// What a process took.
struct UsageRecord {
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t max_rss_bytes = 0;
};

// Why an attempt failed. `kind`: "error" (the function said so), "retry" (it asked for one),
// "check", "worker" (infrastructure), and where its process ended "signal", "exit", "timeout",
// "cpu_limit", "memory_limit".
struct FailureRecord {
  std::string kind;
  int signal = 0;
  std::string message;
  std::string backtrace;  // one line a frame, may be empty
  std::optional<UsageRecord> usage = {};
};

// An output directory to put in its place once the record is durable.
struct OutputRecord {
  std::string staged;       // absolute, what the attempt wrote
  std::string target;       // absolute, what readers see
  std::uint64_t inode = 0;  // of the staged directory: the target has it once it is in its place
  bool moved = false;  // readers saw it at `staged`, where another may be by now: nothing to sweep
};

// A key of a dynamic set got another name.
struct KeyRename {
  std::string set, from, to;
};

// An asset with partitions of that key.
struct RenamedAsset {
  std::string asset;
  KeySlots slots;                   // of the set
  std::vector<OutputRecord> moves;  // of outputs, once the record is durable
};

// One attempt at one partition. A partition is named by its asset and its identity (see
// PartitionSpace::identity_at); `key` is its text at the time, for people.
struct AttemptRecord {
  std::string asset;
  std::string identity;
  std::string key;
  RunId run = 0;         // where it was read back, as the next: by attempts_at()
  std::int64_t seq = 0;  // of its event
  Outcome outcome = Outcome::none;
  int attempt = 1;
  std::int64_t started = 0;  // 0: it never started (upstream_failed, cancelled while queued)
  std::int64_t finished = 0;
  std::string data_version;  // empty, of a materialization: like no other's
  std::string code_version;
  std::string code_hash;  // the load-hash of the plugin that ran
  // What else the data follow from, besides code and inputs: dependencies, mappings, configuration,
  // as text that is compared. Null: not known.
  std::shared_ptr<const std::string> basis;
  // It read, or checked, what the log held up to here; 0: when it was recorded.
  std::int64_t read_seq = 0;
  Metadata metadata;
  std::optional<FailureRecord> failure;
  std::string reason;  // of skipped, upstream_failed, cancelled
  std::vector<CheckRecord> checks;
  std::optional<OutputRecord> output;
  std::string log;  // captured output, bounded by the executor
};

// What is known of a partition now.
struct PartitionState {
  std::string identity;
  std::string key;
  Outcome last = Outcome::none;  // of the last attempt
  bool materialized = false;     // ever, and not wiped
  std::int64_t last_seq = 0;     // the log's sequence of the last attempt
  RunId last_run = 0;
  std::string reason;  // why it is failed, skipped, ...: one line
};

// How many of an asset's partitions are alike in what is known of them.
struct StateCount {
  Outcome last = Outcome::none;
  bool materialized = false;
  std::int64_t partitions = 0;
};

// Of which something is known.
struct KnownAsset {
  std::string name;
  std::int64_t partitions = 0;
};

using WipeId = std::int64_t;

// Partitions whose materializations were forgotten, until that is undone.
struct WipeRecord {
  WipeId id = 0;
  std::int64_t at = 0;
  std::string selection;        // as typed, or what a run set aside
  std::int64_t partitions = 0;  // how many
  std::int64_t outputs = 0;     // of them with an output directory, which was set aside
  std::int64_t undone = 0;      // how many were brought back
};

// A partition to forget, or to bring back.
struct WipeTarget {
  std::string asset;
  std::string identity;
  std::optional<OutputRecord> move;  // its output directory's, once the record is durable
};

// What a wipe took, and what became of the partition since.
struct WipedState {
  WipeTarget target;  // with the move that set its output aside
  std::string key;
  bool materialized = false;
  bool materialized_since = false;
  bool former = false;  // another partition has its name now
};

// The materialization that counts for a partition: the last one that succeeded.
struct Materialization {
  std::string key;
  std::string identity;
  std::int64_t seq = 0;
  RunId run = 0;
  std::int64_t finished = 0;
  std::string data_version;
  std::string code_version;
  std::string code_hash;
  std::string basis;       // as AttemptRecord's; empty: not known
  std::string output_dir;  // empty where it made none
  std::int64_t read_seq = 0;
  Metadata metadata;
};

enum class RunState : std::uint8_t {
  running = 0,
  success = 1,
  failed = 2,
  cancelled = 3,
  interrupted = 4,  // its process ended without finishing it
};
const char* to_text(RunState state);

// What a run is for. The numbers are on disk: append only.
enum class RunKind : std::uint8_t {
  materialize = 0,
  report = 1,  // of materializations done elsewhere
  check = 2,   // of materializations that are there
};
const char* to_text(RunKind kind);

struct RunRecord {
  RunId id = 0;
  RunKind kind = RunKind::materialize;
  RunState state = RunState::running;
  std::int64_t started = 0;
  std::int64_t finished = 0;  // 0: not yet
  std::int64_t generation = 0;
  std::int64_t as_of = 0;    // UTC seconds: the run's "now"
  std::string selection;     // as typed
  std::int64_t planned = 0;  // partitions
  Json plan;                 // [{asset, partitions, count}]
  std::int64_t pid = 0;
  std::vector<std::pair<Outcome, std::int64_t>> counts;  // of its attempts, last per partition
  // Of what was planned, what it never came to since it was stopped; nothing: not known.
  std::optional<std::int64_t> not_started = {};
  std::vector<std::string> options = {};  // that say what it makes, as typed
  Json config = {};  // of the project as it began, {"ASSET": {name: value}}; null: not known
};

}  // namespace partita
