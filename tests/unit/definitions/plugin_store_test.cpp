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
