// Generations: what changes, what stays, what is served where a new version fails.
#include "definitions/reload.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "plugin/plugin_note.hpp"
#include "support/own_process.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;
using tests::descendants;
using tests::mappings;
using tests::open_descriptors;
using tests::resident_bytes;

namespace {

using Texts = std::vector<std::string>;

std::vector<Path> stored_files(const DefinitionsDirectory& directory) {
  std::vector<Path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory.options.plugin_store)) {
    if (entry.is_regular_file() && entry.path().extension() == ".so") files.push_back(entry.path());
  }
  return files;
}

void touch(const Path& file, std::time_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

std::string bytes_of(const std::string& animal) {
  return read_file(DefinitionsDirectory::animal(animal)).value();
}

}  // namespace

TEST_CASE("an empty directory is the catalog that was given") {
  DefinitionsDirectory directory;
  const CatalogPtr before = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == before);
}

TEST_CASE("a plugin comes, and with it a generation; then nothing changes") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  CHECK(directory.reload().generation == 1);
  CHECK(directory.catalog->asset_keys() == Texts{"orders", "returns"});
  CHECK(directory.diff.added == Texts{"orders", "returns"});
  CHECK(directory.catalog->checks_on("orders").size() == 1);
  const CatalogPtr first = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == first);
  CHECK(directory.diff.empty());
  CHECK(directory.diff.unchanged == 2);
}

TEST_CASE("unchanged files are not opened again") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.add("returns_null", "bad.so");
  directory.reload();
  // A lease that another holds would have to be broken; a missing zygote would have to load here.
  directory.options.zygote = nullptr;
  const Descriptor writer(::open(directory.path("shop.so").c_str(), O_WRONLY));
  const Descriptor other(::open(directory.path("bad.so").c_str(), O_WRONLY));
  const CatalogPtr first = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == first);
}

TEST_CASE("a new version is told in people's words") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.add("shop_2", "shop.so");
  CHECK(directory.reload().generation == 2);
  CHECK(directory.diff.added == Texts{"refunds"});
  CHECK(directory.diff.removed == Texts{"returns"});
  REQUIRE(directory.diff.changed.size() == 1);
  CHECK(directory.diff.changed[0].asset == "orders");
  CHECK(directory.diff.changed[0].what ==
        Texts{"code", "code version 1 -> 2",
              "partitions: monthly from 2024-01-01 -> daily from 2024-01-01"});
}

TEST_CASE("a plugin that is removed takes its assets along") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.remove("shop.so");
  CHECK(directory.reload().plugins.empty());
  CHECK(directory.diff.removed == Texts{"orders", "returns"});
  CHECK(directory.catalog->generation == 2);
}

TEST_CASE("a new version that fails leaves the last good one serving, and says so") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  const std::string hash = directory.reload().plugin("shop")->load_hash;
  directory.add("segfault_in_entry", "shop.so");
  directory.reload();
  const PluginRecord* shop = directory.catalog->plugin("shop");
  REQUIRE(shop != nullptr);
  CHECK(shop->load_hash == hash);
  CHECK(shop->stale_reason.starts_with("load definitions/shop.so: it crashed in its entry"));
  CHECK(std::filesystem::exists(shop->stored));
  CHECK(directory.diff.empty());

  SUBCASE("and is not tried again while it is the same") {
    const CatalogPtr stale = directory.catalog;
    directory.options.zygote = nullptr;  // here it would end this process
    directory.reload();
    CHECK(directory.catalog == stale);
  }
  SUBCASE("until the next version") {
    directory.add("shop_2", "shop.so");
    CHECK(directory.reload().problems.empty());
    CHECK(directory.catalog->plugin("shop")->stale_reason.empty());
    CHECK(directory.catalog->asset("refunds") != nullptr);
  }
  SUBCASE("or the good one again") {
    directory.add("shop_1", "shop.so");
    CHECK(directory.reload().problems.empty());
    CHECK(directory.catalog->plugin("shop")->stale_reason.empty());
  }
}

TEST_CASE("of two versions in quick succession the last counts, and one that comes back late") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.add("shop_2", "shop.so");
  CHECK(directory.reload().asset("refunds") != nullptr);
  const std::string second = directory.catalog->plugin("shop")->load_hash;
  directory.remove("shop.so");
  directory.reload();
  directory.add("shop_2", "shop.so");
  CHECK(directory.reload().plugin("shop")->load_hash == second);
}

TEST_CASE("a thousand reloads leave no memory, descriptor, mapping or process behind") {
  DefinitionsDirectory directory;
  const auto reload_many = [&](int times) {
    for (int i = 0; i < times; ++i) {
      directory.add(i % 2 == 0 ? "shop_1" : "shop_2", "shop.so");
      directory.reload();
    }
  };
  reload_many(100);
  const std::int64_t memory = resident_bytes();
  const std::ptrdiff_t descriptors = open_descriptors();
  const std::ptrdiff_t mapped = mappings();
  reload_many(900);
  CHECK(directory.catalog->generation == 1000);
  CHECK(open_descriptors() == descriptors);
  CHECK(descendants() == 1);  // the zygote
  // A few may come, for the stack and the memory of one more thread at a time.
  CHECK(mappings() - mapped < 20);
  // A sanitizer keeps what was freed for a while.
  if (kHostSanitizers == 0) CHECK(resident_bytes() - memory < 1 << 20);
}

TEST_CASE("the same bytes with another time are no new generation") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  const PluginRecord before = directory.catalog->plugins[0];
  touch(directory.path("shop.so"), 1'000'000'000);
  CHECK(directory.reload().generation == 1);
  CHECK(directory.catalog->plugins[0].stored == before.stored);
  CHECK(directory.catalog->plugins[0].signature != before.signature);
  const CatalogPtr refreshed = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == refreshed);
}

TEST_CASE("other bytes with an older time are taken") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.add("shop_2", "shop.so");
  touch(directory.path("shop.so"), 1'000'000'000);
  CHECK(directory.reload().asset("refunds") != nullptr);
}

TEST_CASE("a stripped plugin is the same code") {
  DefinitionsDirectory directory;
  REQUIRE(bytes_of("shop_1") != bytes_of("shop_1_stripped"));
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.add("shop_1_stripped", "shop.so");
  CHECK(directory.reload().generation == 1);
  CHECK(stored_files(directory).size() == 1);
}

TEST_CASE("the stored copy is the plugin's own: read-only, whatever happens to the file") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  const Path stored = directory.reload().plugins.at(0).stored;
  CHECK((std::filesystem::status(stored).permissions() & std::filesystem::perms::owner_write) ==
        std::filesystem::perms::none);
  const std::string bytes = read_file(stored).value();
  CHECK(bytes == bytes_of("shop_1"));
  directory.add("shop_2", "shop.so");
  directory.reload();
  CHECK(read_file(stored).value() == bytes);
}

TEST_CASE("a stored copy that was deleted is made again") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  REQUIRE(remove_tree(directory.options.plugin_store));
  CHECK(std::filesystem::exists(directory.reload().plugins.at(0).stored));
}

TEST_CASE("what a reload that died has left in the store is removed by the next") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  const Path orphan = directory.options.plugin_store / ".staging" / "0" / "orphan.so";
  REQUIRE(make_directories(orphan.parent_path()));
  REQUIRE(write_file(orphan, "half"));
  directory.reload();
  CHECK_FALSE(std::filesystem::exists(orphan));
  CHECK(stored_files(directory).size() == 1);
}

TEST_CASE("a refused plugin leaves nothing in the store") {
  DefinitionsDirectory directory;
  directory.add("throws_int");
  directory.reload();
  CHECK(stored_files(directory).empty());
}

TEST_CASE("two plugins with one asset: the newcomer is refused, and both files are named") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.reload();
  directory.add("bazaar", "a_bazaar.so");
  CHECK(directory.only_problem() ==
        "duplicate_asset: load definitions/a_bazaar.so: asset orders is also declared by "
        "definitions/shop.so");
  CHECK(directory.catalog->asset("orders")->plugin == "shop");
  CHECK(directory.catalog->asset("carpets") == nullptr);

  SUBCASE("and taken once the other gives way") {
    directory.remove("shop.so");
    CHECK(directory.reload().problems.empty());
    CHECK(directory.catalog->asset("orders")->plugin == "bazaar");
  }
}

TEST_CASE("one plugin id twice: the newcomer is refused") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.add("second_shop");
  CHECK(directory.only_problem() ==
        "duplicate_plugin: load definitions/shop.so: plugin id shop is also that of "
        "definitions/second_shop.so");
  CHECK(directory.catalog->asset_keys() == Texts{"carpets"});
}

TEST_CASE("a cycle across plugins refuses the one that closes it") {
  DefinitionsDirectory directory;
  directory.add("east");
  directory.reload();
  CHECK(directory.catalog->problems.at(0).code == "blocked_asset");
  directory.add("west");
  CHECK(directory.reload().problems.at(0).message ==
        "load definitions/west.so: cycle of dependencies: sunset needs sunrise needs sunset");
  CHECK(directory.catalog->asset_keys() == Texts{"sunrise"});
}

TEST_CASE("a missing dependency blocks the asset that needs it, and nothing else") {
  DefinitionsDirectory directory;
  directory.add("report");
  const Catalog& catalog = directory.reload();
  REQUIRE(catalog.problems.size() == 2);
  CHECK(catalog.problems[0].message == "asset summary depends on orders, which no plugin declares");
  CHECK(catalog.problems[1].message == "check complete is on nowhere, which no plugin declares");
  const AssetDef* summary = catalog.asset("summary");
  REQUIRE(summary != nullptr);
  CHECK(catalog.blocked_reason(*summary) == "depends on orders, which no plugin declares");

  directory.add("shop_1", "shop.so");
  CHECK(directory.reload().blocked_reason(*directory.catalog->asset("summary")).empty());
}

TEST_CASE("a mapping is inferred again when the upstream partitions change") {
  DefinitionsDirectory directory;
  directory.add("report");
  directory.add("shop_1", "shop.so");
  directory.reload();
  const Dependency monthly = directory.catalog->asset("summary")->deps.at(0);
  CHECK(monthly.mapping.kind != MappingSpec::Kind::inferred);
  directory.add("shop_2", "shop.so");
  directory.reload();
  const Dependency daily = directory.catalog->asset("summary")->deps.at(0);
  CHECK(daily.mapping.kind == MappingSpec::Kind::time_window);
  directory.add("shop_1", "shop.so");
  directory.reload();
  CHECK(directory.catalog->asset("summary")->deps.at(0) == monthly);
}

TEST_CASE("a helper beside the plugin is found through $ORIGIN, silent, and part of the code") {
  DefinitionsDirectory directory;
  const auto helper = [](int version) {
    return Path(PARTITA_BINARY_DIR) / "zoo" / ("helper_" + std::to_string(version)) /
           "libhelper.so";
  };
  directory.publish(helper(1), "lib/libhelper.so");
  directory.add("needs_helper");
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->asset_keys() == Texts{"helped_1"});
  const CatalogPtr first = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == first);

  directory.publish(helper(2), "lib/libhelper.so");
  CHECK(directory.reload().generation == 2);
  CHECK(directory.catalog->asset_keys() == Texts{"helped_2"});

  SUBCASE("and its loss is told") {
    directory.remove("lib/libhelper.so");
    CHECK(directory.reload().problems.at(0).code == "missing_library");
    CHECK(directory.catalog->asset_keys() == Texts{"helped_2"});
  }
  SUBCASE("and a warning once nobody needs it") {
    directory.remove("needs_helper.so");
    CHECK(directory.reload().problems.at(0).code == "no_note");
    CHECK(directory.catalog->problems[0].warning);
  }
}

TEST_CASE("plugins are found in directories below, through links, and not under dot-names") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "a/b/shop.so");
  directory.add("bazaar", ".hidden/bazaar.so");
  std::filesystem::create_directory_symlink("..", directory.path("a/up"));
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->plugins.size() == 1);
}

TEST_CASE("the catalog is the same after a trip through JSON") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.add("report");
  directory.add("returns_null");
  const Catalog& catalog = directory.reload();
  const auto read = catalog_from_json(Json::parse(to_json(catalog).dump()).value());
  REQUIRE(read);
  CHECK(to_json(*read).dump() == to_json(catalog).dump());
  directory.catalog = std::make_shared<const Catalog>(*read);
  const CatalogPtr before = directory.catalog;
  directory.reload();
  CHECK(directory.catalog == before);
}

TEST_CASE("the topological order has each asset after those it depends on") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  directory.add("report");
  Texts keys;
  for (const AssetDef* asset : directory.reload().topological()) keys.push_back(asset->key);
  CHECK(keys == Texts{"orders", "returns", "summary"});
}

TEST_CASE("without a zygote plugins are loaded in this process") {
  DefinitionsDirectory directory;
  directory.options.zygote = nullptr;
  directory.add("shop_1", "shop.so");
  CHECK(directory.reload().asset("orders") != nullptr);
}
