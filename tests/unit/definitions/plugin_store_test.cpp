#include "definitions/plugin_store.hpp"

#include <doctest/doctest.h>

#include "base/files.hpp"

using namespace partita;

namespace {

// A store with two copies, as two users see it.
struct TwoCopies {
  Path root = make_temporary_directory("partita-store-").value();
  PluginStore store = PluginStore::open(root).value();
  Descriptor use = store.use().value();
  Path first = root / std::string(64, 'a');
  Path second = root / std::string(64, 'b');

  TwoCopies() {
    for (const Path& copy : {first, second}) {
      REQUIRE(make_directories(copy / "deep"));
      REQUIRE(write_file(copy / "deep" / "plugin.so", "code"));
    }
  }
  ~TwoCopies() { CHECK(remove_tree(root)); }

  std::int64_t collect_all_but_first() const {
    return store
        .collect(use, [this] { return Result(std::set<Path>{first / "deep" / "plugin.so"}); })
        .value();
  }
};

// The address of a copy that consists of one file.
Path published(Staging staging, std::string_view bytes) {
  REQUIRE(write_file(staging.place_for("plugin.so", 4).value(), bytes));
  REQUIRE(staging.seal());
  Path address = staging.address().value();
  REQUIRE(std::move(staging).publish().get());
  return address;
}

std::vector<Path> staged_files(const Path& root) {
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / ".staging")) {
    const bool lock = entry.path().extension() == ".lock";
    if (entry.is_regular_file() && !lock) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("a copy that is not needed is collected") {
  const TwoCopies copies;
  CHECK(copies.collect_all_but_first() == 1);
  CHECK(std::filesystem::exists(copies.first / "deep" / "plugin.so"));
  CHECK_FALSE(std::filesystem::exists(copies.second));
}

TEST_CASE("nothing is collected while another process uses the store") {
  const TwoCopies copies;
  {
    const Descriptor other = copies.store.use().value();
    CHECK(copies.collect_all_but_first() == 0);
  }
  CHECK(copies.collect_all_but_first() == 1);
}

TEST_CASE("nothing is collected where it is not known what is needed") {
  const TwoCopies copies;
  const auto unknown = [] { return Result<std::set<Path>>(io_error("read it")); };
  CHECK_FALSE(copies.store.collect(copies.use, unknown));
  CHECK(std::filesystem::exists(copies.second));
  // And the store is in use as before.
  const Descriptor other = copies.store.use().value();
  CHECK(copies.store.collect(other, unknown).value() == 0);
}

TEST_CASE("several copies are made at once, each in its place, and come to their addresses") {
  const TwoCopies copies;
  Staging first = copies.store.stage().value();
  Staging second = copies.store.stage().value();
  CHECK(first.directory() != second.directory());
  const Path first_address = published(std::move(first), "code of one");
  const Path second_address = published(std::move(second), "code of the other");
  CHECK(read_file(first_address / "plugin.so").value() == "code of one");
  CHECK(read_file(second_address / "plugin.so").value() == "code of the other");
  CHECK(staged_files(copies.root).empty());
}

TEST_CASE("a copy that is there already stays, and the new one goes") {
  const TwoCopies copies;
  const Path address = published(copies.store.stage().value(), "code");
  const auto made = std::filesystem::last_write_time(address / "plugin.so");
  CHECK(published(copies.store.stage().value(), "code") == address);
  CHECK(std::filesystem::last_write_time(address / "plugin.so") == made);
  CHECK(staged_files(copies.root).empty());
}

TEST_CASE("what a process that died was making is removed, what one makes is not") {
  const TwoCopies copies;
  Staging alive = copies.store.stage().value();
  REQUIRE(write_file(alive.place_for("plugin.so", 4).value(), "code"));
  const Path abandoned = copies.root / ".staging" / "1";
  REQUIRE(write_file(copies.root / ".staging" / "1.lock", ""));
  REQUIRE(make_directories(abandoned));
  REQUIRE(write_file(abandoned / "half.so", "co"));
  REQUIRE(write_file(copies.root / ".staging" / "2.lock", ""));
  REQUIRE(make_directories(copies.root / ".staging" / "2"));
  REQUIRE(write_file(copies.root / ".staging" / "2" / "half.so", "co"));
  const Staging next = copies.store.stage().value();
  CHECK(next.directory() == abandoned);
  CHECK(staged_files(copies.root) == std::vector<Path>{alive.directory() / "plugin.so"});
}
