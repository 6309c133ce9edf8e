// What a run whose process is gone has left, put right by whoever comes next.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "service/project.hpp"
#include "store/store.hpp"
#include "support/quiet_listener.hpp"

using namespace partita;

namespace {

std::function<void(const Path&)> when_synced;  // is told what is about to be synced

}  // namespace

// In place of the C library's.
extern "C" int fsync(int fd) {
  std::error_code failed;
  const Path path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), failed);
  if (when_synced) when_synced(path);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace {

// A project in a directory of its own, with assets that do nothing.
struct Fixture {
  Fixture() : directory(*make_temporary_directory("partita-recover-")) {
    REQUIRE(make_directories(directory / "definitions"));
    std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / "trivial.so",
                               directory / "definitions" / "trivial.so");
    REQUIRE(write_file(directory / "partita.toml",
                       "definitions = [\"definitions\"]\nisolation = \"none\"\n"));
  }
  ~Fixture() { (void)remove_tree(directory); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  std::unique_ptr<Project> open() const {
    ProjectOptions options;
    options.directory = directory;
    auto project = Project::open(options);
    REQUIRE_MESSAGE(project, (project ? "" : project.error().message));
    return std::move(*project);
  }

  Path state() const { return directory / ".partita"; }
  Path target() const { return state() / "outputs" / "nothing" / "@2000-01-01-00%3A00"; }

  // A run that has recorded an output, and whose process is gone before it put it in its place.
  RunId die_before_publishing() const {
    auto store = Store::open(state() / "partita.db", system_clock());
    REQUIRE(store);
    auto run = (*store)->begin_run({});
    REQUIRE(run);
    const Path staged = state() / "staging" / std::to_string(*run) / "1";
    REQUIRE(make_directories(staged));
    std::ofstream(staged / "content") << "made";
    struct stat found{};
    REQUIRE(::stat(staged.c_str(), &found) == 0);
    AttemptRecord attempt;
    attempt.asset = "nothing";
    attempt.identity = "@946684800/946684860";
    attempt.key = "2000-01-01-00:00";
    attempt.outcome = Outcome::materialized;
    attempt.output = OutputRecord{staged.string(), target().string(), found.st_ino};
    REQUIRE((*store)->record(*run, {&attempt, 1}));
    return *run;
  }

  Path directory;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a command that was open before a run died takes over what it left") {
  const auto project = open();
  const RunId dead = die_before_publishing();
  MaterializeRequest request;
  request.selection = "nothing@2000-01-01-00:05";
  partita::tests::QuietListener quiet;
  const auto view = project->materialize(request, quiet);
  REQUIRE_MESSAGE(view, (view ? "" : view.error().message));
  CHECK(view->result == "success");
  CHECK(std::filesystem::exists(target() / "content"));
  CHECK_FALSE(std::filesystem::exists(state() / "staging" / std::to_string(dead)));
  const auto runs = project->runs(10, 0);
  REQUIRE(runs);
  CHECK(runs->back().run == dead);
  CHECK(runs->back().result == "interrupted");
}

TEST_CASE_FIXTURE(Fixture, "the next command puts an output that is durable in its place") {
  open().reset();
  die_before_publishing();
  const auto project = open();
  CHECK(project->found_interrupted().size() == 1);
  CHECK(std::filesystem::exists(target() / "content"));
}

// The rename is durable, and its process gone before it moved the output.
TEST_CASE_FIXTURE(Fixture, "the next command moves the output of a key that was renamed") {
  std::filesystem::copy_file(Path(PARTITA_BINARY_DIR) / "plugins" / "customers.so",
                             directory / "definitions" / "customers.so");
  const Path before = state() / "outputs" / "orders" / "@bob";
  const Path after = state() / "outputs" / "orders" / "@robert";
  partita::tests::QuietListener quiet;
  {
    const auto project = open();
    REQUIRE(project->add_dynamic("customers", {{"bob"}, {}}));
    MaterializeRequest request;
    request.selection = "orders@bob";
    REQUIRE(project->materialize(request, quiet)->result == "success");
  }
  struct stat found{};
  REQUIRE(::stat(before.c_str(), &found) == 0);
  {
    auto store = Store::open(state() / "partita.db", system_clock());
    REQUIRE(store);
    const OutputRecord move{before.string(), after.string(), found.st_ino, true};
    REQUIRE((*store)->rename_dynamic_key({"customers", "bob", "robert"},
                                         std::vector<RenamedAsset>{{"orders", {1, 1}, {move}}}));
  }
  CHECK(std::filesystem::exists(before));
  const auto project = open();
  CHECK_FALSE(std::filesystem::exists(before));
  CHECK(std::filesystem::exists(after / "content.txt"));
  const auto view = project->explain("orders@robert", 0);
  REQUIRE(view);
  CHECK(view->made->output_dir == after.string());
}

TEST_CASE_FIXTURE(Fixture, "an output is in its place for good before it is said to be") {
  open().reset();
  die_before_publishing();
  int synced = 0;
  when_synced = [&](const Path& path) {
    if (path != target().parent_path()) return;
    ++synced;
    CHECK(std::filesystem::exists(target() / "content"));
    auto store = Store::open(state() / "partita.db", system_clock());
    REQUIRE(store);
    CHECK((*store)->unpublished_outputs()->size() == 1);
  };
  const auto project = open();
  when_synced = nullptr;
  CHECK(synced == 1);
}
