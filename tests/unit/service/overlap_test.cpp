// A run that begins in the very moment in which another one makes what both want.
#include <doctest/doctest.h>

#include <functional>
#include <optional>

#include "service/file_lock.hpp"
#include "service/project.hpp"
#include "store/store.hpp"
#include "support/quiet_listener.hpp"

using namespace partita;

namespace {

// Does something at each look at the time that a duration is measured by.
class EventfulClock final : public Clock {
 public:
  Instant now() const override { return system_clock().now(); }
  std::int64_t now_micros() const override { return system_clock().now_micros(); }
  std::int64_t monotonic_micros() const override {
    if (at_look) at_look(++looks_);
    return system_clock().monotonic_micros();
  }
  std::function<void(int)> at_look;

 private:
  mutable int looks_ = 0;
};

struct Fixture {
  Fixture() : directory(*make_temporary_directory("partita-overlap-")) {
    REQUIRE(make_directories(directory / "definitions"));
    std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / "trivial.so",
                               directory / "definitions" / "trivial.so");
    REQUIRE(write_file(directory / "partita.toml",
                       "definitions = [\"definitions\"]\nisolation = \"none\"\n"));
    ProjectOptions options;
    options.directory = directory;
    options.clock = &clock;
    project = *Project::open(options);
    store = *Store::open(state() / "partita.db", system_clock());
  }
  ~Fixture() {
    project.reset();
    (void)remove_tree(directory);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  Path state() const { return directory / ".partita"; }

  // Another process's run of one partition: its record and its lease.
  void begin_other() {
    RunRecord run;
    run.plan = Json::array().push(Json::object()
                                      .set("asset", "nothing")
                                      .set("partitions", "2000-01-01-00:00")
                                      .set("count", 1));
    other = *store->begin_run(run);
    REQUIRE(make_directories(state() / "runs"));
    lease = *FileLock::acquire(state() / "runs" / (std::to_string(other) + ".lock"),
                               [](std::int64_t) { return Status(); });
  }
  void make_as_other() {
    AttemptRecord attempt;
    attempt.asset = "nothing";
    attempt.identity = "@946684800/946684860";
    attempt.key = "2000-01-01-00:00";
    attempt.outcome = Outcome::materialized;
    REQUIRE(store->record(other, {&attempt, 1}));
  }
  void end_other() {
    REQUIRE(store->finish_run(other, RunState::success));
    lease.reset();
  }

  EventfulClock clock;
  Path directory;
  std::unique_ptr<Project> project;
  std::unique_ptr<Store> store;
  RunId other = 0;
  std::optional<FileLock> lease;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what another run makes right after a plan was made is not made again") {
  begin_other();
  clock.at_look = [&](int look) {
    if (look == 2) make_as_other();  // the plan is there, and what is in its way is asked for
    if (look == 3) end_other();      // it is waited for
  };
  MaterializeRequest request;
  request.selection = "nothing@2000-01-01-00:00";
  request.missing = true;
  partita::tests::QuietListener quiet;
  const auto view = project->materialize(request, quiet);
  clock.at_look = nullptr;
  REQUIRE_MESSAGE(view, (view ? "" : view.error().message));
  CHECK(view->run == 0);
  CHECK(view->result == "success");
  CHECK(project->runs(10, 0)->size() == 1);
}
