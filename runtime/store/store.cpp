#include "store/store.hpp"

#include <fmt/format.h>
#include <algorithm>

#include <map>
#include <set>

#include "store/attempt_reader.hpp"
#include "store/attempt_recorder.hpp"
#include "store/catalog_table.hpp"
#include "store/dynamic_sets.hpp"
#include "store/key_renamer.hpp"
#include "store/provenance_follower.hpp"
#include "store/rebuild.hpp"
#include "store/schema.hpp"
#include "store/summaries.hpp"
#include "store/tables.hpp"
#include "store/upkeep.hpp"
#include "store/wipes.hpp"

namespace partita {

namespace {

OutcomeSets sets_of(OutcomeSummary& summary) {
  return {summary.materialized(), summary.having(Outcome::failed),
          summary.having(Outcome::upstream_failed), summary.having(Outcome::skipped),
          summary.having(Outcome::cancelled)};
}

using VersionChanges = std::vector<VersionHistory::Change>;

VersionHistory::Change change_by(const AttemptHead& head, std::int64_t seq) {
  const bool like_no_other = head.data_version.empty();
  return {seq, like_no_other ? static_cast<std::uint64_t>(seq) : version_hash(head.data_version),
          false};
}

// What a wipe or its undoing makes of the version that there was before the wipe.
void add_wipe(VersionChanges& changes, const Event& event, const WipedPartition& partition) {
  const auto made =
      std::find_if(changes.begin(), changes.end(), [&](const VersionHistory::Change& change) {
        return change.seq == partition.known.materialized_seq;
      });
  if (made == changes.end()) return;
  changes.push_back({event.seq, made->version, event.kind == EventKind::wiped});
}

}  // namespace

struct Store::State {
  State(std::unique_ptr<Database> file, const Clock& time)
      : database(std::move(file)), clock(time) {}

  std::unique_ptr<Database> database;
  const Clock& clock;
  Tables tables{*database};
  AttemptRecorder recorder{tables};
  AttemptReader reader{tables};
  OutcomeSummaries outcomes{tables};
  ProvenanceSummaries provenances{tables};
  DynamicSets dynamic_sets{*database, tables.log};
  CatalogTable catalog{*database, tables.log};
  Wipes wipes{tables};
  KeyRenamer renamer{tables, dynamic_sets};

  // Runs `work` in a write transaction: all of it becomes durable, or nothing.
  template <class Work>
  Status write(const Work& work,
               Transaction::Durability durability = Transaction::Durability::full) {
    auto status = write_once(work, durability);
    if (!status) tables.forget();
    return status;
  }

  template <class Work>
  Status write_once(const Work& work, Transaction::Durability durability) {
    auto transaction = Transaction::write(*database, durability);
    if (!transaction) return std::move(transaction).error();
    if (Status worked = work(clock.now_micros()); !worked) return worked;
    return transaction->commit();
  }

  // The projections of a copy that differ from those of another, made anew from the log.
  Result<std::vector<std::string>> compare_with_rebuilt(const Path& copy,
                                                        const Path& rebuilt_file) {
    if (auto copied = copy_to(*database, copy); !copied) return std::move(copied).error();
    auto original = Database::open(copy);
    if (!original) return std::move(original).error();
    if (auto copied = copy_to(**original, rebuilt_file); !copied) return std::move(copied).error();
    auto rebuilt = Store::open(rebuilt_file, clock);
    if (!rebuilt) return std::move(rebuilt).error();
    if (auto made = (*rebuilt)->rebuild(); !made) return std::move(made).error();
    return differing_projections(**original, *(*rebuilt)->state_->database);
  }

  // What set the output of a wiped partition aside, from where its readers would look for it now.
  Result<std::optional<OutputRecord>> move_of(AssetId asset, const WipedPartition& wiped) {
    std::optional<OutputRecord> move = wiped.move;
    if (!move || !wiped.known.materialized_seq) return move;
    auto made = reader.made_in(asset, *wiped.known.materialized_seq, wiped.identity);
    if (!made) return std::move(made).error();
    if (!made->output_dir.empty()) move->staged = std::move(made->output_dir);
    return move;
  }

  // As write(), for work that has a result.
  template <class T, class Work>
  Result<T> write_for(const Work& work) {
    T value{};
    auto written = write([&](std::int64_t at) -> Status {
      Result<T> result = work(at);
      if (!result) return std::move(result).error();
      value = std::move(*result);
      return {};
    });
    if (!written) return std::move(written).error();
    return value;
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const Path& file, const Clock& clock) {
  if (file.has_parent_path()) {
    if (auto made = make_directories(file.parent_path()); !made) return std::move(made).error();
  }
  auto database = Database::open(file);
  if (!database) return std::move(database).error();
  if (auto ready = prepare_schema(**database); !ready) return std::move(ready).error();
  auto state = std::make_unique<State>(std::move(*database), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<std::unique_ptr<Store>> Store::open_to_read(const Path& file, const Clock& clock) {
  auto database = Database::open_to_read(file);
  if (!database) return std::move(database).error();
  auto version = schema_version(**database);
  if (!version) return std::move(version).error();
  if (*version != kSchemaVersion) {
    return io_error(
        fmt::format("read {}: it has schema {}, not {}", file.string(), *version, kSchemaVersion));
  }
  auto state = std::make_unique<State>(std::move(*database), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Result<StoreFile> Store::examine(const Path& file) {
  const auto is_written = [&] {
    std::error_code failed;
    return std::filesystem::exists(log_file_of(file), failed);
  };
  const bool written_before = is_written();
  auto database = Database::open_to_read(file);
  if (!database) return std::move(database).error();
  auto version = schema_version(**database);
  if (!version) return std::move(version).error();
  auto damage = quick_damage(**database);
  // A process that began to write meanwhile may have changed what was being read.
  if (!written_before && is_written()) return examine(file);
  if (!damage) return std::move(damage).error();
  return StoreFile{*version, kSchemaVersion, *std::move(damage)};
}

// --- generations of definitions ---

Result<std::string> Store::current_catalog() {
  return state_->catalog.current();
}

Result<std::string> Store::catalog_of(std::int64_t generation) {
  return state_->catalog.of(generation);
}

Status Store::save_catalog(std::int64_t generation, std::string_view json) {
  return state_->write([&](std::int64_t at) { return state_->catalog.save(generation, json, at); });
}

// --- dynamic sets ---

Result<DynamicKeys> Store::dynamic_keys(std::string_view set) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->dynamic_sets.keys(set);
}

Result<std::vector<std::pair<std::string, std::int64_t>>> Store::dynamic_sets() {
  return state_->dynamic_sets.list();
}

Result<std::vector<KeyMetadata>> Store::dynamic_metadata(std::string_view set) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->dynamic_sets.metadata(set);
}

Result<std::int64_t> Store::add_dynamic_keys(std::string_view set,
                                             std::span<const std::string> keys,
                                             std::span<const KeyMetadata> metadata) {
  return state_->write_for<std::int64_t>([&](std::int64_t at) -> Result<std::int64_t> {
    auto added = state_->dynamic_sets.add(set, keys, at);
    if (!added) return added;
    auto written = state_->dynamic_sets.set_metadata(set, metadata, at);
    if (!written) return std::move(written).error();
    return added;
  });
}

Result<std::int64_t> Store::remove_dynamic_keys(std::string_view set,
                                                std::span<const std::string> keys) {
  return state_->write_for<std::int64_t>(
      [&](std::int64_t at) { return state_->dynamic_sets.remove(set, keys, at); });
}

Status Store::rename_dynamic_key(const KeyRename& rename, std::span<const RenamedAsset> assets) {
  return state_->write([&](std::int64_t at) { return state_->renamer.rename(rename, assets, at); });
}

Result<std::vector<KeyRename>> Store::keys_renamed_since(RunId run) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto first = state_->tables.runs.first_seq(run);
  if (!first) return std::move(first).error();
  return state_->tables.renames.after(*first);
}

// --- runs ---

Result<RunId> Store::begin_run(const RunRecord& run) {
  return state_->write_for<RunId>(
      [&](std::int64_t at) { return state_->tables.runs.begin(run, at); });
}

Status Store::finish_run(RunId run, RunState state, std::optional<std::int64_t> not_started) {
  return state_->write(
      [&](std::int64_t at) { return state_->tables.runs.finish(run, state, not_started, at); });
}

Result<RunId> Store::record_run(const RunRecord& run, const MakeAttempts& make) {
  return state_->write_for<RunId>([&](std::int64_t at) -> Result<RunId> {
    auto id = state_->tables.runs.begin(run, at);
    if (!id) return id;
    const std::vector<AttemptRecord> attempts = make(*id);
    if (auto done = state_->recorder.record(*id, attempts, at); !done)
      return std::move(done).error();
    auto finished = state_->tables.runs.finish(*id, RunState::success, 0, at);
    if (!finished) return std::move(finished).error();
    return id;
  });
}

Status Store::resume_run(RunId run, std::int64_t pid) {
  return state_->write([&](std::int64_t at) { return state_->tables.runs.resume(run, pid, at); });
}

Result<std::vector<RunRecord>> Store::runs(std::int64_t limit, RunId before) {
  return state_->tables.runs.newest(limit, before);
}

Result<RunRecord> Store::run(RunId run) {
  auto found = state_->tables.runs.find(run);
  if (!found) return std::move(found).error();
  if (!*found) return no_such_run(run);
  return std::move(**found);
}

Result<std::vector<RunRecord>> Store::runs_under_way() {
  return state_->tables.runs.under_way();
}

Result<std::vector<RunRecord>> Store::close_abandoned_runs(
    const std::function<bool(const RunRecord& run)>& alive) {
  using Closed = std::vector<RunRecord>;
  auto open = state_->tables.runs.under_way();
  if (!open) return open;
  std::erase_if(*open, alive);
  if (open->empty()) return open;
  return state_->write_for<Closed>([&](std::int64_t at) -> Result<Closed> {
    Closed closed;
    for (const RunRecord& run : *open) {
      // It may have finished, or another process may have closed it, since it was looked at.
      auto now = state_->tables.runs.find(run.id);
      if (!now) return std::move(now).error();
      if (!*now || (*now)->state != RunState::running) continue;
      auto finished = state_->tables.runs.finish(run.id, RunState::interrupted, {}, at);
      if (!finished) return std::move(finished).error();
      closed.push_back(std::move(**now));
      closed.back().state = RunState::interrupted;
      closed.back().finished = at;
    }
    return closed;
  });
}

// --- attempts ---

Status Store::record(RunId run, std::span<const AttemptRecord> attempts) {
  if (attempts.empty()) return {};
  return state_->write([&](std::int64_t at) { return state_->recorder.record(run, attempts, at); });
}

Status Store::record_checks(RunId run, std::span<const AttemptRecord> attempts) {
  if (attempts.empty()) return {};
  return state_->write(
      [&](std::int64_t at) { return state_->recorder.record_checks(run, attempts, at); });
}

Result<std::vector<OutputRecord>> Store::unpublished_outputs() {
  return state_->tables.outputs.list();
}

// Relaxed: an output that is in its place can be found to be there again.
Status Store::mark_published(std::span<const OutputRecord> outputs) {
  if (outputs.empty()) return {};
  return state_->write([&](std::int64_t at) { return state_->recorder.publish(outputs, at); },
                       Transaction::Durability::relaxed);
}

// --- wipes ---

Result<WipeId> Store::next_wipe() {
  return state_->wipes.next();
}

Result<std::vector<WipeRecord>> Store::wipes() {
  return state_->wipes.list();
}

Result<WipeRecord> Store::wipe_record(WipeId wipe) {
  return state_->wipes.find(wipe);
}

Status Store::wipe(std::string_view selection, std::span<const WipeTarget> targets) {
  return state_->write([&](std::int64_t at) { return state_->wipes.wipe(selection, targets, at); });
}

Status Store::undo_wipe(WipeId wipe, std::span<const WipeTarget> targets) {
  return state_->write([&](std::int64_t at) { return state_->wipes.undo(wipe, targets, at); });
}

Status Store::for_each_wiped(WipeId wipe, const std::function<void(const WipedState&)>& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->wipes.for_each(wipe, [&](AssetId asset, const WipedPartition& wiped) -> Status {
    auto name = state_->tables.names.asset_name(asset);
    if (!name) return std::move(name).error();
    auto now = state_->tables.states.known(asset, wiped.identity);
    if (!now) return std::move(now).error();
    auto move = state_->move_of(asset, wiped);
    if (!move) return std::move(move).error();
    const std::string& key = wiped.known.key.empty() ? wiped.identity : wiped.known.key;
    visit({{*std::move(name), wiped.identity, *std::move(move)},
           key,
           wiped.known.materialized_seq.has_value(),
           *now && (*now)->materialized_seq.has_value(),
           is_former(wiped.identity)});
    return {};
  });
}

// --- what is known ---

Result<OutcomeSets> Store::outcome_sets(std::string_view asset, const PartitionSpace& space) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  Result<OutcomeSummaries::Current> found =
      OutcomeSummaries::Current{OutcomeSummary(space.shape())};
  if (*id) found = state_->outcomes.current(**id, space);
  if (!found) return std::move(found).error();
  return sets_of(found->summary);
}

Result<ProvenanceView> Store::provenance(std::string_view asset, const PartitionSpace& space) {
  ProvenanceView view;
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return view;
  auto current = state_->provenances.current(**id, space);
  if (!current) return std::move(current).error();
  std::set<CodeId> codes;
  current->summary.for_each([&](Run indices, const Provenance& made) {
    view.stretches.push_back({indices, made});
    codes.insert(made.code);
  });
  for (const CodeId code : codes) {
    auto name = state_->tables.names.code(code);
    if (!name) return std::move(name).error();
    view.codes.push_back(
        {code, std::move(name->version), std::move(name->hash), std::move(name->basis)});
  }
  return view;
}

Result<std::unique_ptr<ProvenanceFollower>> Store::follow_provenance(std::string_view asset,
                                                                     SpacePtr space) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  Result<ProvenanceSummaries::Current> known =
      ProvenanceSummaries::Current{ProvenanceSummary(space->shape())};
  if (*id) known = state_->provenances.current(**id, *space);
  if (!known) return std::move(known).error();
  return std::make_unique<ProvenanceFollower>(state_->tables, std::string(asset), std::move(space),
                                              std::move(known->summary), known->seq);
}

Result<VersionHistory> Store::version_history(std::string_view asset, const PartitionSpace& space,
                                              const PartitionSet& partitions) {
  VersionHistory history;
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return history;
  auto renames = state_->tables.renames.of(**id);
  if (!renames) return std::move(renames).error();
  std::map<Index, VersionChanges> changes;
  const auto take_wiped = [&](const Event& event) {
    return visit_wiped(state_->tables, space, **renames, event,
                       [&](Index index, const WipedPartition& partition) {
                         if (!partitions.contains(index)) return;
                         add_wipe(changes[index], event, partition);
                       });
  };
  const auto take_attempt = [&](const Event& event) {
    return visit_attempts(
        state_->tables, space, **renames, event,
        [&](std::optional<Index> index, const AttemptHead& head) {
          if (head.outcome != Outcome::materialized || !index || !partitions.contains(*index))
            return;
          changes[*index].push_back(change_by(head, event.seq));
        });
  };
  auto read = state_->tables.log.for_each_of_asset(
      **id, 0, EventLog::Which::attempts_and_wipes, [&](const Event& event) {
        return event.kind == EventKind::attempts ? take_attempt(event) : take_wiped(event);
      });
  if (!read) return std::move(read).error();
  for (auto& [index, list] : changes) history.partitions.push_back({index, std::move(list)});
  return history;
}

Status Store::for_each_state(std::string_view asset,
                             const std::function<void(const PartitionState&)>& visit) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.states.for_each(**id, visit) : Status();
}

Result<std::vector<PartitionState>> Store::states_at_ends(std::string_view asset,
                                                          std::int64_t most) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<PartitionState>();
  return state_->tables.states.at_ends(**id, most);
}

Result<std::int64_t> Store::count_states(std::string_view asset) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.states.counted(**id) : Result<std::int64_t>(0);
}

Result<std::vector<StateCount>> Store::count_by_state(std::string_view asset) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<StateCount>();
  return state_->tables.states.counted_by_state(**id);
}

Result<std::vector<KnownAsset>> Store::known_assets() {
  return state_->tables.states.assets();
}

Result<std::optional<PartitionState>> Store::state(std::string_view asset,
                                                   std::string_view identity) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<PartitionState>();
  return state_->tables.states.find(**id, identity);
}

Result<std::optional<Materialization>> Store::materialization(std::string_view asset,
                                                              std::string_view identity) {
  std::optional<Materialization> found;
  const std::string wanted(identity);
  auto read = for_each_materialization(asset, {&wanted, 1},
                                       [&](const Materialization& made) { found = made; });
  if (!read) return std::move(read).error();
  return found;
}

Result<std::optional<Materialization>> Store::latest_materialization(std::string_view asset) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<Materialization>();
  return state_->reader.latest(**id);
}

Status Store::for_each_check(std::string_view asset, const CheckCountVisitor& visit) {
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->tables.checks.for_each_count(**id, visit) : Status();
}

Status Store::for_each_check_result(std::string_view asset, CheckResults which,
                                    const CheckResultVisitor& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return {};
  return which == CheckResults::not_passed ? state_->tables.checks.for_each_not_passed(**id, visit)
                                           : state_->tables.checks.for_each(**id, visit);
}

Result<std::vector<LastCheck>> Store::last_checks(std::string_view asset,
                                                  std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  return *id ? state_->reader.checks(**id, identity) : std::vector<LastCheck>();
}

Status Store::for_each_materialization(std::string_view asset,
                                       std::span<const std::string> identities,
                                       const std::function<void(const Materialization&)>& visit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return {};
  for (const std::string& identity : identities) {
    auto found = state_->reader.materialization(**id, identity);
    if (!found) return std::move(found).error();
    if (*found) visit(**found);
  }
  return {};
}

Result<std::vector<AttemptRecord>> Store::attempts(RunId run, bool failed_only,
                                                   std::int64_t limit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  return state_->reader.of_run(run, failed_only, limit);
}

Result<std::optional<AttemptRecord>> Store::last_attempt(std::string_view asset,
                                                         std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::optional<AttemptRecord>();
  auto attempt = state_->reader.last(**id, identity);
  if (attempt && *attempt) (*attempt)->asset = asset;
  return attempt;
}

Result<std::vector<AttemptRecord>> Store::attempts_at(std::string_view asset,
                                                      std::string_view identity,
                                                      std::int64_t limit) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::vector<AttemptRecord>();
  auto attempts = state_->reader.at(**id, identity, limit);
  if (!attempts) return attempts;
  for (AttemptRecord& attempt : *attempts) attempt.asset = asset;
  return attempts;
}

Result<OutcomeSets> Store::outcomes_since(RunId run, std::string_view asset,
                                          const PartitionSpace& space, Whose whose) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto first = state_->tables.runs.first_seq(run);
  if (!first) return std::move(first).error();
  return outcomes_after(*first, asset, space, whose == Whose::its_own ? run : 0);
}

Result<OutcomeSets> Store::outcomes_after(std::int64_t seq, std::string_view asset,
                                          const PartitionSpace& space, RunId by) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  OutcomeSummary summary(space.shape());
  if (*id) {
    auto taken = take_events(state_->tables, **id, space, seq, summary, by);
    if (!taken) return std::move(taken).error();
  }
  return sets_of(summary);
}

Result<std::string> Store::log(RunId run, std::string_view asset, std::string_view identity) {
  auto snapshot = Transaction::read(*state_->database);
  if (!snapshot) return std::move(snapshot).error();
  auto id = state_->tables.names.find_asset(asset);
  if (!id) return std::move(id).error();
  if (!*id) return std::string();
  return state_->reader.log(run, **id, identity);
}

Result<double> Store::typical_seconds(std::string_view asset) {
  Rows rows =
      state_->database->statement("SELECT typical_micros FROM asset WHERE name = ?").query(asset);
  double micros = 0;
  if (rows.next()) micros = rows.real(0);
  if (!rows.status()) return rows.status().error();
  return micros / 1e6;
}

std::int64_t Store::last_seq() {
  auto seq = state_->tables.log.last_seq();
  return seq ? *seq : 0;
}

// --- upkeep ---

Status Store::rebuild() {
  return state_->write([&](std::int64_t) {
    return partita::rebuild({state_->tables, state_->recorder, state_->dynamic_sets,
                             state_->catalog, state_->wipes, state_->renamer});
  });
}

Result<std::vector<std::string>> Store::check(const Path& scratch) {
  auto problems = structural_damage(*state_->database);
  if (!problems && problems.error().code == ErrorCode::damaged)
    return std::vector<std::string>{problems.error().message};
  if (!problems || !problems->empty()) return problems;
  auto differing = state_->compare_with_rebuilt(scratch / "copy", scratch / "rebuilt");
  if (!differing) return std::vector<std::string>{differing.error().message};
  for (const std::string& table : *differing)
    problems->push_back("table " + table + " does not follow from the event log");
  return problems;
}

Status Store::compact() {
  return partita::compact(*state_->database);
}

Status Store::backup(const Path& file) {
  return copy_to(*state_->database, file);
}

}  // namespace partita
