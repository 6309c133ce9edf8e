// Half-written files: whatever of a plugin is there, the host goes on.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>

#include "unit/definitions/definitions_directory.hpp"

using namespace partita;

namespace {

constexpr std::size_t kPlaces = 300;

std::string whole_plugin() {
  return read_file(DefinitionsDirectory::animal("shop_1")).value();
}

// Reported as what it is, and nothing of it loaded.
void check_unfinished(DefinitionsDirectory& directory, std::string_view bytes) {
  directory.write("x.so", bytes);
  const Catalog& catalog = directory.reload();
  REQUIRE(catalog.problems.size() == 1);
  CHECK((catalog.problems[0].code == "truncated" || catalog.problems[0].code == "empty"));
  CHECK(catalog.plugins.size() == 1);  // the other one
}

// Bytes that only look random: each run of the test has the same.
class Noise {
 public:
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return state_ >> 33U;
  }

 private:
  std::uint64_t state_ = 1;
};

// Some bytes anywhere, or a piece of it.
std::string corrupted(std::string bytes, Noise& noise, int round) {
  static constexpr int kCounts[] = {1, 10, 200};
  const bool scattered = round % 4 != 3;
  const std::size_t start = noise.next() % (bytes.size() - 4096);
  for (int i = 0; i < (scattered ? kCounts[round % 4] : 4096); ++i) {
    const std::size_t at = scattered ? noise.next() % bytes.size() : start + i;
    bytes[at] = static_cast<char>(noise.next());
  }
  return bytes;
}

}  // namespace

TEST_CASE("a plugin cut at any point is refused as unfinished, without loading it") {
  DefinitionsDirectory directory;
  directory.add("bazaar");
  const std::string whole = whole_plugin();
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::size_t size = whole.size() * i / kPlaces;
    CAPTURE(size);
    check_unfinished(directory, whole.substr(0, size));
  }
}

TEST_CASE("a plugin whose tail is still zeros is refused as unfinished") {
  DefinitionsDirectory directory;
  directory.add("bazaar");
  const std::string whole = whole_plugin();
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::size_t size = whole.size() * i / kPlaces;
    CAPTURE(size);
    std::string bytes = whole.substr(0, size);
    bytes.resize(whole.size());
    check_unfinished(directory, bytes);
  }
}

// Wrong bytes in what is neither code nor data change nothing; whatever else loads is what the
// plugin itself says then. What does not is told.
TEST_CASE("a plugin corrupted anywhere harms nobody") {
  DefinitionsDirectory directory;
  directory.options.load_timeout_millis = 1000;
  directory.add("bazaar");
  const std::string whole = whole_plugin();
  Noise noise;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    directory.write("x.so", corrupted(whole, noise, round));
    const Catalog& catalog = directory.reload();
    CHECK(catalog.asset("carpets") != nullptr);
    const bool served = std::any_of(
        catalog.plugins.begin(), catalog.plugins.end(), [&](const PluginRecord& record) {
          return record.file == directory.path("x.so") && record.stale_reason.empty();
        });
    const bool told =
        std::any_of(catalog.problems.begin(), catalog.problems.end(),
                    [](const Problem& problem) { return problem.plugin == "definitions/x.so"; });
    CHECK((served || told));
    if (!served) ++refused;
  }
  CHECK(refused > 30);
}

TEST_CASE("a file that somebody has open for writing is refused until it is closed") {
  DefinitionsDirectory directory;
  directory.add("shop_1", "shop.so");
  Descriptor writer(::open(directory.path("shop.so").c_str(), O_WRONLY));
  CHECK(directory.only_problem() == "being_written: load definitions/shop.so: it is being written");
  writer.reset();
  CHECK(directory.reload().problems.empty());
  CHECK(directory.catalog->asset("orders") != nullptr);
}
