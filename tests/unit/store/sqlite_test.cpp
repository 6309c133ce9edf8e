#include "store/sqlite.hpp"

#include <algorithm>
#include <fstream>

#include "project.hpp"
#include "store/attempt_recorder.hpp"
#include "store/schema.hpp"
#include "support/own_mount.hpp"

using namespace partita;
using partita::testing::attempt_at;
using partita::testing::Project;
using partita::tests::in_a_child;
using partita::tests::mount_of_its_own;

namespace {

std::unique_ptr<Database> open(const Project& project) {
  auto database = Database::open(project.file());
  REQUIRE(database);
  REQUIRE(prepare_schema(**database));
  return std::move(*database);
}

std::int64_t count(Database& database, const char* sql) {
  return database.statement(sql).integer()->value();
}

}  // namespace

TEST_CASE("a transaction that is not committed leaves nothing") {
  Project project;
  auto database = open(project);
  {
    auto transaction = Transaction::write(*database);
    REQUIRE(transaction);
    REQUIRE(database->execute("INSERT INTO catalog VALUES (1, 1)"));
  }
  CHECK(count(*database, "SELECT count(*) FROM catalog") == 0);
}

TEST_CASE("a full disk is an error with a hint, and what was there stays") {
  Project project;
  project.record(project.begin_run(), {attempt_at("a", "x")});
  auto database = open(project);
  Tables tables(*database);
  AttemptRecorder recorder(tables);
  REQUIRE(database->execute("PRAGMA max_page_count=40"));
  Status status;
  for (int batch = 0; status && batch < 1000; ++batch) {
    auto transaction = Transaction::write(*database);
    REQUIRE(transaction);
    std::vector<AttemptRecord> attempts;
    for (int i = 0; i < 100; ++i) {
      attempts.push_back(attempt_at("a", std::to_string(batch) + " " + std::to_string(i)));
    }
    status = recorder.record(1, attempts, 0);
    if (status) status = transaction->commit();
  }
  REQUIRE_FALSE(status);
  CHECK(status.error().code == ErrorCode::io);
  CHECK(status.error().message.find("full") != std::string::npos);
  CHECK(status.error().hint.find("make room on the file system of ") != std::string::npos);
  const auto states = count(*database, "SELECT count(*) FROM partition_state");
  CHECK(states % 100 == 1);
  CHECK(project->state("a", "x")->value().materialized);
}

TEST_CASE("a disk without room for what connections share is full, not broken") {
  const Path root = make_temporary_directory("partita-full-").value();
  const std::string said = in_a_child([&]() -> std::string {
    if (!mount_of_its_own(root, 0, "size=512k")) return "skipped";
    const Path file = root / "store.db";
    if (!Store::open(file, system_clock())) return "no store could be made";
    (void)write_file(root / "filler", std::string(1 << 20, 'x'));
    std::ofstream(root / "rest") << std::string(1 << 20, 'x');
    const auto store = Store::open(file, system_clock());
    return store ? "opened" : store.error().message + "; " + store.error().hint;
  });
  REQUIRE(remove_tree(root));
  if (said == "skipped") {
    MESSAGE("skipped: this process may not mount a file system of its own");
    return;
  }
  CHECK(said ==
        "open " + root.string() + "/store.db: the disk is full; make room on the file system of " +
            root.string() + " and run the command again; nothing that was acknowledged is lost");
}

TEST_CASE("a writer that waits in vain says that the store is held") {
  Project project;
  auto holder = open(project);
  auto waiting = open(project);
  waiting->set_patience(0);
  auto held = Transaction::write(*holder);
  REQUIRE(held);
  auto refused = Transaction::write(*waiting);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("locked") != std::string::npos);
  CHECK(refused.error().hint.find("another process") != std::string::npos);
}

TEST_CASE("a reader sees the store as it was when it began, while another writes") {
  Project project;
  auto reader = open(project);
  auto snapshot = Transaction::read(*reader);
  REQUIRE(snapshot);
  CHECK(count(*reader, "SELECT count(*) FROM run") == 0);
  project.begin_run();
  CHECK(count(*reader, "SELECT count(*) FROM run") == 0);
  CHECK(project->runs(10)->size() == 1);
}

TEST_CASE("a statement whose rows are being read can be asked for again") {
  Project project;
  auto database = open(project);
  REQUIRE(database->execute("INSERT INTO catalog VALUES (1, 1), (2, 2), (3, 3)"));
  constexpr const char* kSelect = "SELECT generation FROM catalog";
  int pairs = 0;
  Rows outer = database->statement(kSelect).query();
  while (outer.next()) {
    Rows inner = database->statement(kSelect).query();
    while (inner.next()) ++pairs;
  }
  CHECK(pairs == 9);
}
