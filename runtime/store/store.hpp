// The store: one SQLite file (WAL) with everything a project knows.
//
// The event log is append-only and is the truth; every other table is a projection of it and can be
// rebuilt. What a call has acknowledged is durable (synchronous=FULL). One Store per thread;
// several processes may open the same file: a reader never blocks the writer, writers take turns.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"
#include "partitions/set.hpp"
#include "partitions/space.hpp"
#include "store/provenance.hpp"
#include "store/records.hpp"

namespace partita {

// An asset's partitions by what happened to them, as sets of one space. What is on disk for keys
// that are not in the space is left out.
struct OutcomeSets {
  PartitionSet materialized;     // ever, and not wiped
  PartitionSet failed;           // the last attempt failed; may be materialized as well
  PartitionSet upstream_failed;  // the last attempt was held back
  PartitionSet skipped;
  PartitionSet cancelled;
};

// What a look at a store's file finds.
struct StoreFile {
  std::int64_t schema = 0;         // its version; 0: nothing was ever stored in it
  std::int64_t newest_schema = 0;  // the one that this program writes
  std::vector<std::string> damage;
};

class ProvenanceFollower;

class Store {
 public:
  // Creates the file and its directory where there is none. Clear errors for a newer schema, a file
  // that is no database, a read-only or full disk.
  static Result<std::unique_ptr<Store>> open(const Path& file, const Clock& clock);
  // The same for who reads only, of a file that is there and of today's schema: changes nothing.
  static Result<std::unique_ptr<Store>> open_to_read(const Path& file, const Clock& clock);
  // Looks for damage, in less time than check() takes, at a file of whatever schema, and changes
  // nothing. An error where it cannot be opened, or is no store.
  static Result<StoreFile> examine(const Path& file);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // --- generations of definitions ---
  // The current catalog as JSON text, empty where none was ever saved.
  Result<std::string> current_catalog();
  Result<std::string> catalog_of(std::int64_t generation);
  Status save_catalog(std::int64_t generation, std::string_view json);

  // --- dynamic sets: insertion order is key order ---
  Result<DynamicKeys> dynamic_keys(std::string_view set);
  Result<std::vector<std::pair<std::string, std::int64_t>>> dynamic_sets();  // name, count
  // The event that removed keys from it last; 0: none has.
  Result<std::int64_t> last_removal(std::string_view set);
  // Of the keys that have any, sorted by key.
  Result<std::vector<KeyMetadata>> dynamic_metadata(std::string_view set);
  // All or nothing. The result says how many were new; those that were there keep their places.
  // `metadata`, each for one of the keys, takes the place of what a key had.
  Result<std::int64_t> add_dynamic_keys(std::string_view set, std::span<const std::string> keys,
                                        std::span<const KeyMetadata> metadata = {});
  // All or nothing: a key that is not there is an error that names it.
  Result<std::int64_t> remove_dynamic_keys(std::string_view set, std::span<const std::string> keys);

  // The key is another from then on, in its place and with its metadata; so are the partitions of
  // these assets that have it, with all that is known of them. Their outputs are to be moved
  // (unpublished_outputs()). An error where the new key is in the set, or a partition of it known.
  Status rename_dynamic_key(const KeyRename& rename, std::span<const RenamedAsset> assets);
  // Of any set, after that event, in their order.
  Result<std::vector<KeyRename>> keys_renamed_after(std::int64_t seq);
  // The keys of the set as they were at that event, in the order of then.
  Result<DynamicKeys> dynamic_keys_at(std::string_view set, std::int64_t seq);
  // Whether any of them was removed since, or renamed, though it may be there again.
  Result<bool> has_lost_keys_after(std::string_view set, std::int64_t seq);

  // --- runs ---
  Result<RunId> begin_run(const RunRecord& run);
  // `not_started`: of what was planned, what it never came to, where that is known.
  Status finish_run(RunId run, RunState state, std::optional<std::int64_t> not_started = {});
  // A run that did not come to its end goes on in this process.
  Status resume_run(RunId run, std::int64_t pid);
  // A run that is over as soon as it is known: begun, recorded and finished in one commit. `make`
  // is given its number.
  using MakeAttempts = std::function<std::vector<AttemptRecord>(RunId run)>;
  Result<RunId> record_run(const RunRecord& run, const MakeAttempts& make);
  Result<std::vector<RunRecord>> runs(std::int64_t limit, RunId before = 0);  // newest first
  Result<RunRecord> run(RunId run);
  Result<std::int64_t> began_with(RunId run);       // its first event
  Result<std::vector<RunRecord>> runs_under_way();  // left `running`, the oldest first
  // Those of them that are not alive become `interrupted`.
  Result<std::vector<RunRecord>> close_abandoned_runs(
      const std::function<bool(const RunRecord& run)>& alive);

  // --- attempts ---
  // One commit for all: durable when it returns.
  Status record(RunId run, std::span<const AttemptRecord> attempts);
  // Of checks that ran on their own: statuses and materializations stay as they are. A result of
  // what was made anew meanwhile (`read_seq`) is kept in the run alone.
  Status record_checks(RunId run, std::span<const AttemptRecord> attempts);
  // Outputs whose record is durable but which may not be in their place yet.
  Result<std::vector<OutputRecord>> unpublished_outputs();
  Status mark_published(std::span<const OutputRecord> outputs);

  // --- wipes ---
  // The number of the next one, as long as nobody else wipes.
  Result<WipeId> next_wipe();
  Result<std::vector<WipeRecord>> wipes();  // newest first
  Result<WipeRecord> wipe_record(WipeId wipe);
  // Forgets the partitions, as if they had never been attempted; runs stay as they were. Their
  // outputs are to be moved from then on (unpublished_outputs()).
  Status wipe(std::string_view selection, std::span<const WipeTarget> targets);
  // Brings them back as they were, those of them that are not materialized.
  Status undo_wipe(WipeId wipe, std::span<const WipeTarget> targets);
  Status for_each_wiped(WipeId wipe, const std::function<void(const WipedState&)>& visit);

  // --- what is known ---
  // In time that follows the number of runs of equal outcome and what was recorded since the last
  // call, not the number of partitions: worth calling at the end of a run.
  Result<OutcomeSets> outcome_sets(std::string_view asset, const PartitionSpace& space);
  // What each materialization in the space was made from. Costs what outcome_sets costs.
  Result<ProvenanceView> provenance(std::string_view asset, const PartitionSpace& space);
  // As provenance(), kept current as the log grows. Borrows the store.
  Result<std::unique_ptr<ProvenanceFollower>> follow_provenance(std::string_view asset,
                                                                SpacePtr space);
  // The data versions that these partitions had. Reads every attempt at the asset.
  Result<VersionHistory> version_history(std::string_view asset, const PartitionSpace& space,
                                         const PartitionSet& partitions);
  // Every partition of the asset that was ever attempted, in no particular order.
  Status for_each_state(std::string_view asset,
                        const std::function<void(const PartitionState&)>& visit);
  // At most so many of them: the first and the last by identity.
  Result<std::vector<PartitionState>> states_at_ends(std::string_view asset, std::int64_t most);
  // How many for_each_state() would visit.
  Result<std::int64_t> count_states(std::string_view asset);
  Result<std::vector<StateCount>> count_by_state(std::string_view asset);
  // Every asset of which something is known, whether or not it is defined; by name.
  Result<std::vector<KnownAsset>> known_assets();
  // Every asset of which anything was ever recorded, wiped or not.
  Result<std::vector<std::string>> recorded_assets();
  Result<std::optional<PartitionState>> state(std::string_view asset, std::string_view identity);
  Result<std::optional<Materialization>> materialization(std::string_view asset,
                                                         std::string_view identity);
  // The newest of an asset's materializations.
  Result<std::optional<Materialization>> latest_materialization(std::string_view asset);
  // Once per check that ever ran at the asset: how many partitions passed it last, and how many
  // not, whether or not today's definition has them.
  Status for_each_check(std::string_view asset, const CheckCountVisitor& visit);
  // The last result of each check on what there is at each partition, in no particular order; of
  // those not passed alone in time that follows their number.
  enum class CheckResults { all, not_passed };
  Status for_each_check_result(std::string_view asset, CheckResults which,
                               const CheckResultVisitor& visit);
  // What each check came to last on what there is at the partition, by name.
  Result<std::vector<LastCheck>> last_checks(std::string_view asset, std::string_view identity);
  // Those of many identities at once, in the order asked, absent ones left out.
  Status for_each_materialization(std::string_view asset, std::span<const std::string> identities,
                                  const std::function<void(const Materialization&)>& visit);
  // The last attempt at each partition of a run, in the order they ended; `failed_only` leaves out
  // the rest. Without captured output: see log().
  Result<std::vector<AttemptRecord>> attempts(RunId run, bool failed_only, std::int64_t limit);
  Result<std::optional<AttemptRecord>> last_attempt(std::string_view asset,
                                                    std::string_view identity);
  // The last attempts at the partition, newest first.
  Result<std::vector<AttemptRecord>> attempts_at(std::string_view asset, std::string_view identity,
                                                 std::int64_t limit);
  // What happened to the partitions since that run began, by it or by others, or by it alone.
  enum class Whose { anyones, its_own };
  Result<OutcomeSets> outcomes_since(RunId run, std::string_view asset, const PartitionSpace& space,
                                     Whose whose = Whose::anyones);
  // After that event; by one run alone where it is named.
  Result<OutcomeSets> outcomes_after(std::int64_t seq, std::string_view asset,
                                     const PartitionSpace& space, RunId by = 0);
  // Captured output; of the last attempt of that run at the partition.
  Result<std::string> log(RunId run, std::string_view asset, std::string_view identity);
  // The attempt of that number of that run at the partition, with its captured output.
  Result<std::optional<AttemptRecord>> attempt(RunId run, std::string_view asset,
                                               std::string_view identity, int number);
  // Of an attempt that was read back with its event: those that ended with it, as a batch does,
  // with what was captured of each.
  Result<std::vector<AttemptRecord>> ended_with(const AttemptRecord& attempt);
  // Seconds a partition of the asset took lately, 0 where unknown.
  Result<double> typical_seconds(std::string_view asset);

  // The number of the last event, 0 where there is none.
  std::int64_t last_seq();

  // --- upkeep ---
  // Makes every projection anew from the event log.
  Status rebuild();
  // What is wrong, one line each: with the file's structure, or with projections that do not follow
  // from the event log. Needs two copies of the file in `scratch`, an empty
  // directory, and leaves them there.
  Result<std::vector<std::string>> check(const Path& scratch);
  // Gives unused room in the file back.
  Status compact();
  // A consistent copy, as one file that can be opened in place of this one. Refuses one that is
  // there.
  Status backup(const Path& file);

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace partita
