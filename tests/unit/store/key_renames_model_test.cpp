// Random histories of keys that are added, removed and renamed, of partitions that are attempted
// and wiped, against a model in which a partition is an object and its name but a label on it.
#include <map>
#include <memory>
#include <random>
#include <set>

#include "project.hpp"
#include "store/schema.hpp"
#include "store/summaries.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;

namespace {

const std::vector<std::string> kNames = {"a", "b", "c", "d", "e"};

struct Known {
  std::vector<std::string> attempts;  // their data versions or reasons, the oldest first
  std::string made;                   // a data version; empty: it is not materialized
  Outcome last = Outcome::none;
  std::map<std::string, bool> checks;
};

struct Partition {
  std::string name;  // empty: another has it
  std::optional<Known> known;
  std::vector<std::string> versions;  // all there ever were
  std::map<RunId, Outcome> in_run;
};
using PartitionPtr = std::shared_ptr<Partition>;

struct Asset {
  KeySlots slots;
  std::map<std::string, PartitionPtr> partitions;  // by name
};

struct Wipe {
  struct One {
    std::string asset;
    PartitionPtr partition;
    Known known;
  };
  std::vector<One> taken;
  bool undone = false;
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (const char* check : {"rank", "sane"}) checks_.emplace_back(check);
    assets_["alone"].slots = {1, 1};
    assets_["pairs"].slots = {2, 3};
    assets_["second"].slots = {2, 2};
    begin_run();
  }

  void turn() {
    switch (any(10)) {
      case 0:
        return add();
      case 1:
        return remove();
      case 2:
      case 3:
      case 4:
        return rename();
      case 5:
        return wipe();
      case 6:
        return undo();
      case 7:
        return change_run();
      default:
        return attempt();
    }
  }

  void compare() {
    CHECK(**project_->dynamic_keys("s") == keys_);
    for (auto& [name, asset] : assets_) {
      CAPTURE(name);
      compare_states(name, asset);
      compare_summaries(name, asset);
    }
    for (auto& [run, attempts] : runs_) compare_run(run, attempts);
  }

  void check_follows_from_log() {
    const Path scratch = project_.directory() / "scratch";
    REQUIRE(make_directories(scratch));
    const auto problems = project_->check(scratch);
    REQUIRE(problems);
    for (const std::string& problem : *problems) MESSAGE(problem);
    REQUIRE(problems->empty());
    REQUIRE(remove_tree(scratch));
  }

  void rebuild() { REQUIRE(project_->rebuild()); }
  void reopen() { project_.reopen(); }

 private:
  struct Attempted {
    std::string asset;
    PartitionPtr partition;
    std::string log;
  };

  std::size_t any(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  const std::string& any_name() { return kNames[any(kNames.size())]; }
  bool has(const std::string& key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }

  static std::vector<std::string> names_in(const Asset& asset,
                                           const std::vector<std::string>& keys) {
    if (asset.slots.rank == 1) return keys;
    std::vector<std::string> names;
    const std::vector<std::string> fixed{"a", "x"};
    for (const std::string& first : asset.slots.slots == 3 ? keys : fixed) {
      for (const std::string& second : keys) names.push_back(first + "|" + second);
    }
    return names;
  }

  void begin_run() {
    run_ = project_.begin_run();
    if (first_run_ == 0) first_run_ = run_;
  }
  // A new one, or one that goes on.
  void change_run() {
    if (any(2) == 0) return begin_run();
    run_ = first_run_ + static_cast<RunId>(any(static_cast<std::size_t>(run_ - first_run_ + 1)));
  }

  void add() {
    const std::string key = any_name();
    if (!has(key)) keys_.push_back(key);
    REQUIRE(project_->add_dynamic_keys("s", std::vector<std::string>{key}));
  }

  void remove() {
    if (keys_.empty()) return;
    const std::size_t at = any(keys_.size());
    REQUIRE(project_->remove_dynamic_keys("s", std::vector<std::string>{keys_[at]}));
    keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  bool knows(const std::string& key) const {
    for (const auto& [name, asset] : assets_) {
      for (const auto& [identity, partition] : asset.partitions) {
        if (asset.slots.have(identity, key) && partition->known) return true;
      }
    }
    return false;
  }

  void rename() {
    const std::string from = any_name();
    const std::string to = any_name();
    std::vector<RenamedAsset> renamed;
    for (const auto& [name, asset] : assets_) renamed.push_back({name, asset.slots, {}});
    const Status done = project_->rename_dynamic_key({"s", from, to}, renamed);
    REQUIRE(done.has_value() == (has(from) && !has(to) && !knows(to)));
    if (!done) return;
    *std::find(keys_.begin(), keys_.end(), from) = to;
    for (auto& [name, asset] : assets_) rename_in(asset, from, to);
  }

  static void rename_in(Asset& asset, const std::string& from, const std::string& to) {
    std::map<std::string, PartitionPtr> now;
    for (auto& [identity, partition] : asset.partitions) {
      if (asset.slots.have(identity, to)) {
        partition->name.clear();
        continue;
      }
      partition->name = asset.slots.replaced(identity, from, to);
      now[partition->name] = partition;
    }
    asset.partitions = std::move(now);
  }

  void attempt() {
    std::vector<AttemptRecord> attempts;
    std::set<std::string> attempted;  // a call attempts a partition once
    for (std::size_t n = any(4) + 1; n > 0; --n) {
      auto at = std::next(assets_.begin(), static_cast<std::ptrdiff_t>(any(assets_.size())));
      const std::vector<std::string> names = names_in(at->second, keys_);
      if (names.empty()) return;
      const std::string& identity = names[any(names.size())];
      if (!attempted.insert(at->first + " " + identity).second) continue;
      attempts.push_back(attempt_at_one(at->first, at->second, identity));
    }
    project_.record(run_, attempts);
  }

  AttemptRecord attempt_at_one(const std::string& name, Asset& asset, const std::string& identity) {
    PartitionPtr& partition = asset.partitions[identity];
    if (!partition) partition = std::make_shared<Partition>(Partition{identity, {}, {}, {}});
    const bool failed = any(3) == 0;
    AttemptRecord attempt =
        attempt_at(name, identity, failed ? Outcome::failed : Outcome::materialized);
    attempt.key = identity;
    const std::string tag = "v" + std::to_string(failed ? ++made_ : any(3));
    attempt.data_version = failed ? "" : tag;
    attempt.reason = failed ? tag : "";
    attempt.log = "log " + std::to_string(++made_);
    if (any(2) == 0) {
      const bool passed = any(2) == 0;
      attempt.checks.push_back({checks_[any(2)], passed, true, false, false, "", {}});
    }
    take(*partition, attempt, tag);
    runs_[run_].push_back({name, partition, attempt.log});
    return attempt;
  }

  void take(Partition& partition, const AttemptRecord& attempt, const std::string& tag) {
    if (!partition.known) partition.known.emplace();
    Known& known = *partition.known;
    known.attempts.push_back(tag);
    known.last = attempt.outcome;
    if (attempt.outcome == Outcome::materialized) known.checks.clear();
    if (attempt.outcome == Outcome::materialized || known.made.empty())
      for (const CheckRecord& check : attempt.checks) known.checks[check.name] = check.passed;
    partition.in_run[run_] = attempt.outcome;
    if (attempt.outcome != Outcome::materialized) return;
    known.made = tag;
    partition.versions.push_back(tag);
  }

  void wipe() {
    std::vector<WipeTarget> targets;
    Wipe wipe;
    for (auto& [name, asset] : assets_) {
      for (auto& [identity, partition] : asset.partitions) {
        if (!partition->known || any(2) == 0) continue;
        targets.push_back({name, identity, {}});
        wipe.taken.push_back({name, partition, *partition->known});
        partition->known.reset();
      }
    }
    if (targets.empty()) return;
    wipes_.push_back(std::move(wipe));
    REQUIRE(project_->wipe("some", targets));
    first_run_ = 0;  // one that goes on after a wipe counts again what it had attempted
    begin_run();
  }

  void undo() {
    if (wipes_.empty()) return;
    const std::size_t at = any(wipes_.size());
    const auto id = static_cast<WipeId>(at) + 1;
    Wipe& wipe = wipes_[at];
    if (std::exchange(wipe.undone, true)) return;
    std::vector<WipeTarget> targets;
    std::set<std::string> found;
    REQUIRE(project_->for_each_wiped(id, [&](const WipedState& one) {
      if (!one.former && !one.materialized_since) targets.push_back(one.target);
    }));
    for (const WipeTarget& target : targets) found.insert(target.asset + " " + target.identity);
    std::set<std::string> expected;
    for (Wipe::One& one : wipe.taken) {
      std::optional<Known>& now = one.partition->known;
      if (one.partition->name.empty() || (now && !now->made.empty())) continue;
      expected.insert(one.asset + " " + one.partition->name);
      if (now) {
        now->made = one.known.made;
        now->checks.insert(one.known.checks.begin(), one.known.checks.end());
      } else {
        now = one.known;
      }
    }
    REQUIRE(found == expected);
    REQUIRE(project_->undo_wipe(id, targets));
  }

  void compare_states(const std::string& name, const Asset& asset) {
    std::int64_t count = 0;
    for (const std::string& identity : names_in(asset, kNames)) {
      CAPTURE(identity);
      const auto at = asset.partitions.find(identity);
      const bool is_known = at != asset.partitions.end() && at->second->known;
      const auto state = *project_->state(name, identity);
      REQUIRE(state.has_value() == is_known);
      const auto made = *project_->materialization(name, identity);
      REQUIRE(made.has_value() == (is_known && !at->second->known->made.empty()));
      if (!is_known) continue;
      ++count;
      const Known& known = *at->second->known;
      REQUIRE(state->last == known.last);
      REQUIRE(state->key == identity);
      if (made) {
        REQUIRE(made->data_version == known.made);
        REQUIRE(made->identity == identity);
        REQUIRE(made->key == identity);
      }
      compare_attempts(name, identity, known);
    }
    REQUIRE(*project_->count_states(name) == count);
    compare_checks(name, asset);
  }

  void compare_attempts(const std::string& name, const std::string& identity, const Known& known) {
    std::vector<std::string> attempts;
    const auto found = project_->attempts_at(name, identity, 1000);
    REQUIRE(found);
    for (const AttemptRecord& attempt : *found) {
      REQUIRE(attempt.identity == identity);
      const bool done = attempt.outcome == Outcome::materialized;
      attempts.insert(attempts.begin(), done ? attempt.data_version : attempt.reason);
    }
    REQUIRE(attempts == known.attempts);
  }

  void compare_checks(const std::string& name, const Asset& asset) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> expected, found;
    for (const auto& [identity, partition] : asset.partitions) {
      if (!partition->known) continue;
      for (const auto& [check, passed] : partition->known->checks)
        ++(passed ? expected[check].first : expected[check].second);
    }
    REQUIRE(project_->for_each_check(
        name, [&](const std::string& check, std::int64_t passed, std::int64_t not_passed) {
          found[check] = {passed, not_passed};
        }));
    REQUIRE(found == expected);
  }

  SpacePtr space_of(const Asset& asset) {
    const Dimension dynamic{"k", DynamicDimension{"s"}};
    std::vector<Dimension> dimensions{dynamic};
    if (asset.slots.slots == 3) dimensions.push_back({"l", DynamicDimension{"s"}});
    if (asset.slots.slots == 2) dimensions.push_back({"f", StaticDimension{{"a", "x"}}});
    if (dimensions.size() == 1) dimensions[0].name.clear();
    const auto definition = validated({dimensions});
    REQUIRE(definition);
    const SpaceContext context{0,
                               [&](std::string_view set) { return project_->dynamic_keys(set); }};
    const auto space = make_space(*definition, context);
    REQUIRE(space);
    return *space;
  }

  // Kept summaries, caught up, and such that are made anew, against what there is.
  void compare_summaries(const std::string& name, const Asset& asset) {
    const SpacePtr space = space_of(asset);
    const std::vector<std::string> names = names_in(asset, keys_);
    REQUIRE(space->size() == static_cast<Index>(names.size()));
    auto database = Database::open(project_.file());
    REQUIRE(database);
    REQUIRE(prepare_schema(**database));
    Tables tables(**database);
    const auto id = *tables.names.find_asset(name);
    if (!id) return;
    for (const bool anew : {false, true}) {
      if (anew) REQUIRE((*database)->execute("DELETE FROM summary"));
      auto outcomes = OutcomeSummaries(tables, 0).current(*id, *space);
      auto provenance = ProvenanceSummaries(tables, 0).current(*id, *space);
      REQUIRE(outcomes);
      REQUIRE(provenance);
      for (Index i = 0; i < space->size(); ++i)
        compare_at(asset, *space, i, outcomes->summary, provenance->summary);
    }
    const auto history = project_->version_history(name, *space, PartitionSet::all(space->shape()));
    REQUIRE(history);
    for (const auto& [index, changes] : history->partitions) {
      const Partition& partition = *asset.partitions.at(space->identity_at(index));
      const bool is_there = partition.known && !partition.known->made.empty();
      REQUIRE(changes.size() >= partition.versions.size());
      REQUIRE(changes.back().gone == !is_there);
      if (is_there) REQUIRE(changes.back().version == version_hash(partition.known->made));
    }
  }

  static void compare_at(const Asset& asset, const PartitionSpace& space, Index index,
                         OutcomeSummary& outcomes, ProvenanceSummary& provenance) {
    const std::string identity = space.identity_at(index);
    CAPTURE(identity);
    const auto at = asset.partitions.find(identity);
    const bool is_known = at != asset.partitions.end() && at->second->known;
    const Known known = is_known ? *at->second->known : Known();
    REQUIRE(outcomes.materialized().contains(index) == !known.made.empty());
    REQUIRE(outcomes.having(Outcome::failed).contains(index) == (known.last == Outcome::failed));
    std::uint64_t version = 0;
    provenance.for_each_in({index, index + 1},
                           [&](Run, const Provenance& made) { version = made.version; });
    REQUIRE(version == (known.made.empty() ? 0 : version_hash(at->second->versions.back())));
  }

  void compare_run(RunId run, const std::vector<Attempted>& attempted) {
    CAPTURE(run);
    std::map<PartitionPtr, Attempted> last;
    for (const Attempted& one : attempted) last[one.partition] = one;
    std::multiset<std::string> expected, found;
    std::map<Outcome, std::int64_t> counts;
    for (const auto& [partition, one] : last) {
      ++counts[partition->in_run.at(run)];
      if (!partition->name.empty()) expected.insert(one.asset + " " + partition->name + one.log);
    }
    const auto attempts = project_->attempts(run, false, 1000);
    REQUIRE(attempts);
    REQUIRE(attempts->size() == last.size());
    for (const AttemptRecord& attempt : *attempts) {
      const auto log = project_->log(run, attempt.asset, attempt.identity);
      REQUIRE(log);
      REQUIRE_FALSE(log->empty());
      if (attempt.identity != attempt.key) continue;
      found.insert(attempt.asset + " " + attempt.key + *log);
    }
    REQUIRE(found == expected);
    const auto record = project_->run(run);
    REQUIRE(record);
    for (const auto& [outcome, count] : record->counts) REQUIRE(count == counts[outcome]);
  }

  std::mt19937 random_;
  Project project_;
  std::vector<std::string> checks_;
  std::vector<std::string> keys_;
  std::map<std::string, Asset> assets_;
  std::vector<Wipe> wipes_;
  std::map<RunId, std::vector<Attempted>> runs_;
  RunId run_ = 0;
  RunId first_run_ = 0;  // since the last wipe
  std::size_t made_ = 10;
};

}  // namespace

TEST_CASE("whatever is renamed, attempted, wiped and brought back, each partition keeps its own") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    World world(seed);
    for (int turn = 0; turn < 60; ++turn) {
      CAPTURE(turn);
      world.turn();
      if (turn % 3 == 0 || turn % 7 == 0) world.compare();
      if (turn % 20 == 7) world.rebuild();
      if (turn % 20 == 13) world.reopen();
      if (turn % 30 == 29) world.check_follows_from_log();
    }
  }
}
