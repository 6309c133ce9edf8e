#include "faults/store_life.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "store/sqlite.hpp"

namespace partita::tests {
namespace {

constexpr int kKeys = 1'500;
constexpr int kFewAttempts = 12;
constexpr int kManyAttempts = 300;
constexpr const char* kAsset = "sales";
constexpr const char* kSet = "customers";

std::string key_of(int number) {
  return fmt::format("key {:05}", number);
}

SpacePtr space() {
  StaticDimension keys;
  for (int i = 0; i < kKeys; ++i) keys.keys.push_back(key_of(i));
  auto definition = validated({{{std::string(), std::move(keys)}}});
  return *make_space(*definition, {});
}

const PartitionSpace& sales_space() {
  static const SpacePtr made = space();
  return *made;
}

Status ignoring_value(auto result) {
  return result ? Status() : Status(std::move(result).error());
}

void add_row(const Rows& row, Sha256& digest) {
  for (int column = 0; column < row.columns(); ++column)
    digest.add(fmt::format("{}:{}", row.blob(column).size(), row.blob(column)));
}

PartitionSet having(Store& store, const std::function<bool(const PartitionState&)>& wanted) {
  std::vector<Index> indices;
  (void)store.for_each_state(kAsset, [&](const PartitionState& state) {
    if (wanted(state)) indices.push_back(*sales_space().index_of_identity(state.identity));
  });
  return PartitionSet::of_indices(sales_space().shape(), indices);
}

}  // namespace

StoreLife::StoreLife(Path file, unsigned seed) : file_(std::move(file)), random_(seed) {}

Status StoreLife::step() {
  durable_ = true;
  told_ = false;
  if (!store_) return open();
  if (run_ == 0) return begin_run();
  const int dice = below(100);
  if (dice < 55) return record();
  if (dice < 65) return publish();
  if (dice < 75) return change_keys();
  if (dice < 80) return save_catalog();
  if (dice < 86) return summarise();
  if (dice < 92) return finish_run();
  return tidy();
}

Status StoreLife::open() {
  auto opened = Store::open(file_, clock_);
  if (!opened) return std::move(opened).error();
  store_ = *std::move(opened);
  run_ = 0;
  return {};
}

Status StoreLife::begin_run() {
  told_ = true;
  RunRecord run;
  run.selection = fmt::format("the {}th", ++serial_);
  run.pid = 1;
  auto id = store_->begin_run(run);
  if (!id) return std::move(id).error();
  run_ = *id;
  return {};
}

Status StoreLife::finish_run() {
  told_ = true;
  auto finished = store_->finish_run(run_, RunState::success);
  if (finished) run_ = 0;
  return finished;
}

AttemptRecord StoreLife::attempt_at(int key) {
  constexpr Outcome kOutcomes[] = {Outcome::materialized, Outcome::materialized, Outcome::failed,
                                   Outcome::skipped};
  AttemptRecord attempt;
  attempt.asset = kAsset;
  attempt.identity = attempt.key = key_of(key);
  attempt.outcome = kOutcomes[below(4)];
  attempt.started = 1'700'000'000'000'000;
  attempt.finished = attempt.started + below(1'000'000);
  attempt.data_version = fmt::format("version {}", ++serial_);
  if (attempt.outcome == Outcome::failed) attempt.failure = FailureRecord{"error", 0, "no", ""};
  if (below(4) == 0) attempt.log = fmt::format("what attempt {} printed\n", serial_);
  if (below(8) == 0)
    attempt.output = OutputRecord{fmt::format("/staging/{}", serial_), "/outputs", 7};
  return attempt;
}

Status StoreLife::record() {
  told_ = true;
  std::vector<AttemptRecord> attempts;
  const int count = 1 + below(below(10) == 0 ? kManyAttempts : kFewAttempts);
  const int first = below(kKeys - count);
  for (int i = 0; i < count; ++i) attempts.push_back(attempt_at(first + i));
  return store_->record(run_, attempts);
}

Status StoreLife::publish() {
  auto outputs = store_->unpublished_outputs();
  if (!outputs) return std::move(outputs).error();
  durable_ = false;
  return store_->mark_published(*outputs);
}

Status StoreLife::change_keys() {
  const std::vector<std::string> keys = {fmt::format("customer {}", ++serial_), "somebody"};
  if (below(3) > 0) {
    const std::vector<KeyMetadata> metadata = {{keys[0], Json::object().set("number", serial_)}};
    return ignoring_value(store_->add_dynamic_keys(kSet, keys, metadata));
  }
  auto there = store_->dynamic_keys(kSet);
  if (!there) return std::move(there).error();
  if ((*there)->empty()) return {};
  if (below(2) == 0) {
    const RenamedAsset sales{kAsset, {1, 1}, {}};
    return store_->rename_dynamic_key({kSet, (*there)->front(), keys[0]}, {&sales, 1});
  }
  return ignoring_value(store_->remove_dynamic_keys(kSet, {&(*there)->front(), 1}));
}

Status StoreLife::save_catalog() {
  told_ = true;
  ++serial_;
  return store_->save_catalog(serial_, fmt::format(R"({{"generation": {}}})", serial_));
}

Status StoreLife::summarise() {
  durable_ = false;
  return ignoring_value(store_->outcome_sets(kAsset, sales_space()));
}

Status StoreLife::tidy() {
  const int dice = below(4);
  if (dice == 0) return store_->rebuild();
  if (dice == 1) return store_->compact();
  close();
  return {};
}

Result<LogSeen> see_log(const Path& file, std::int64_t most) {
  auto database = Database::open(file);
  if (!database) return std::move(database).error();
  auto tables =
      (*database)->statement("SELECT count(*) FROM sqlite_schema WHERE name = 'event'").integer();
  if (!tables) return std::move(tables).error();
  if (*tables == 0) return LogSeen{0, Sha256().hex()};
  auto last = (*database)->statement("SELECT max(seq) FROM event WHERE seq <= ?").integer(most);
  if (!last) return std::move(last).error();
  Sha256 digest;
  for (const char* query : {"SELECT * FROM event WHERE seq <= ? ORDER BY seq",
                            "SELECT * FROM captured_log WHERE seq <= ? ORDER BY seq, position"}) {
    Rows rows = (*database)->statement(query).query(most);
    while (rows.next()) add_row(rows, digest);
    if (!rows.status()) return rows.status().error();
  }
  return LogSeen{last->value_or(0), digest.hex()};
}

std::string trouble_with_sets(Store& store) {
  auto sets = store.outcome_sets(kAsset, sales_space());
  if (!sets) return sets.error().message;
  const bool agree =
      sets->materialized == having(store, [](const auto& state) { return state.materialized; }) &&
      sets->failed ==
          having(store, [](const auto& state) { return state.last == Outcome::failed; });
  return agree ? std::string() : "the outcome sets are not those of the states";
}

std::string trouble_with(Store& store, const Path& scratch) {
  if (auto made = make_directories(scratch); !made) return made.error().message;
  auto problems = store.check(scratch);
  (void)remove_tree(scratch);
  if (!problems) return problems.error().message;
  if (!problems->empty()) return problems->front();
  return trouble_with_sets(store);
}

}  // namespace partita::tests
