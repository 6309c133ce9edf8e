// Plugins that were built with earlier versions of the contract, kept as binaries: this host loads
// and runs them.
#include <doctest/doctest.h>
#include <sys/utsname.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> versions() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(fs::path(PARTITA_SOURCE_DIR) / "tests/golden")) {
    if (entry.path().filename().string().starts_with("abi_")) found.push_back(entry.path());
  }
  return found;
}

std::int64_t metadata_of(const Sandbox& project, const std::string& asset, const char* name) {
  return project.json({"show", asset})["latest"]["metadata"][name]["value"].as_int();
}

}  // namespace

TEST_CASE("plugins of every version of the contract load and run") {
  utsname machine{};
  REQUIRE(::uname(&machine) == 0);
  if (std::string_view(machine.machine) != "x86_64") {
    MESSAGE("skipped: the golden plugins are for x86_64");
    return;
  }
  REQUIRE_FALSE(versions().empty());
  for (const fs::path& version : versions()) {
    CAPTURE(version);
    Sandbox project;
    for (const char* plugin : {"plain_c.so", "facade.so"})
      fs::copy_file(version / plugin, project.directory() / "definitions" / plugin);
    const CommandResult checked = project.run({"check"});
    CAPTURE(checked.out);
    CHECK(checked.code == 0);
    const CommandResult run = project.run({"materialize", "--all", "--config", "factor=3"});
    CAPTURE(run.err);
    CHECK(run.code == 1);
    CHECK(metadata_of(project, "c_total", "days") == 366);
    CHECK(project.read(".partita/outputs/c_total/all/total.txt") == "366\n");
    const Json month = project.json({"show", "golden/months"});
    CHECK(month["latest"]["data_version"].as_string().size() == 2);
    CHECK(month["checks"].as_array()[0]["passed"].as_int() == 6);
    CHECK(project.run({"materialize", "golden/sums@scale=weeks", "--config", "factor=3"}).code ==
          0);
    CHECK(metadata_of(project, "golden/sums", "sum") == (31 + 29 + 31 + 30 + 31 + 30) / 7);
    CHECK(metadata_of(project, "golden/sums", "factor") == 3);
    if (version.filename() != "abi_1_0") {
      CHECK(metadata_of(project, "golden/pairs", "days") > 31 + 28);
      CHECK(project.json({"show", "golden/pairs"})["counts"]["materialized"].as_int() == 3);
      CHECK(project.run({"report", "golden/elsewhere"}).code == 0);
    }
    const Json ends = project.json({"show", "golden/ends"})["counts"];
    CHECK(ends["failed"].as_int() == 2);
    CHECK(ends["skipped"].as_int() == 1);
  }
}
