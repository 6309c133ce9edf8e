// Half-written files: whatever of a plugin is there, the host goes on.
#include <doctest/doctest.h>
#include <fcntl.h>

#include "definitions/inspector.hpp"
#include "unit/definitions/definitions_directory.hpp"

using namespace partita;

namespace {

Inspection inspect_bytes(const DefinitionsDirectory& directory, std::string_view bytes) {
  directory.write("x.so", bytes);
  const Descriptor file(::open(directory.path("x.so").c_str(), O_RDONLY));
  return inspect(file.get());
}

}  // namespace

TEST_CASE("a plugin cut at any point is refused as unfinished, without loading it") {
  const DefinitionsDirectory directory;
  const std::string whole = read_file(DefinitionsDirectory::animal("shop_1")).value();
  REQUIRE_FALSE(inspect_bytes(directory, whole).refusal);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::size_t size = whole.size() * i / 300;
    CAPTURE(size);
    const Inspection inspection = inspect_bytes(directory, whole.substr(0, size));
    REQUIRE(inspection.refusal);
    CHECK(inspection.refusal->unfinished);
  }
}

TEST_CASE("a plugin whose tail is still zeros is refused as unfinished") {
  const DefinitionsDirectory directory;
  const std::string whole = read_file(DefinitionsDirectory::animal("shop_1")).value();
  for (std::size_t i = 0; i < 100; ++i) {
    const std::size_t size = whole.size() * i / 100;
    CAPTURE(size);
    std::string bytes = whole.substr(0, size);
    bytes.resize(whole.size());
    const Inspection inspection = inspect_bytes(directory, bytes);
    REQUIRE(inspection.refusal);
    CHECK(inspection.refusal->unfinished);
  }
}

TEST_CASE("a plugin corrupted anywhere harms nobody") {
  DefinitionsDirectory directory;
  directory.options.load_timeout_millis = 1000;
  directory.add("bazaar");
  const std::string whole = read_file(DefinitionsDirectory::animal("shop_1")).value();
  std::uint64_t random = 1;
  for (int round = 0; round < 40; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 200; ++i) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      bytes[(random >> 16U) % bytes.size()] = static_cast<char>(random >> 56U);
    }
    directory.write("x.so", bytes);
    CHECK(directory.reload().asset("carpets") != nullptr);
  }
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
