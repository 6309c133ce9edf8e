// Reloading definitions: what changed is told, what fails is named, the rest goes on.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

bool has(const Json& list, const std::string& text) {
  const auto& items = list.as_array();
  return std::any_of(items.begin(), items.end(),
                     [&](const Json& item) { return item.as_string() == text; });
}

Json change_of(const Json& answer, const std::string& asset) {
  for (const Json& change : answer["changed"].as_array()) {
    if (change["asset"].as_string() == asset) return change["what"];
  }
  return {};
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

std::ptrdiff_t copies_in(const Sandbox& project) {
  const std::filesystem::directory_iterator entries(project.directory() / ".partita/plugins");
  return std::count_if(begin(entries), end(entries), [](const auto& entry) {
    return entry.path().filename().string().size() == 64;
  });
}

}  // namespace

TEST_CASE("a rebuilt plugin's changes are told, and the next run uses the new code") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.json({"reload"})["added"].as_array().size() == 4);
  CHECK(project.run({"materialize", "answer", "--all"}).code == 0);
  project.add_plugin("versions_2", "versions");
  const Json preview = project.json({"reload", "--dry-run"});
  const Json changes = project.json({"reload"});
  CHECK(preview["changed"] == changes["changed"]);
  CHECK(has(changes["added"], "comes"));
  CHECK(has(changes["removed"], "goes"));
  CHECK(has(change_of(changes, "answer"), "code version 1 -> 2"));
  CHECK_FALSE(change_of(changes, "changes").is_null());
  CHECK(project.run({"materialize", "answer", "--all"}).code == 0);
  CHECK(project.json({"show", "answer"})["latest"]["metadata"]["version"]["value"].as_int() == 2);
}

TEST_CASE("a reload tells which keys leave and come, and keeps what was materialized of them") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"materialize", "changes@2024-01-01..2024-03-01"}).code == 0);
  project.add_plugin("versions_2", "versions");
  const Json effect = project.json({"reload", "--dry-run"})["partitions"].as_array().back();
  CHECK(effect["asset"].as_string() == "changes");
  CHECK(effect["leave"].as_int() == 12);
  CHECK(effect["come"].as_int() == 366);
  CHECK(effect["history"].as_int() == 3);
  const std::string text = project.run({"reload"}).out;
  CHECK(text.find("12 keys leave, 366 come; materializations of 3 leaving keys") !=
        std::string::npos);
  project.add_plugin("versions_1", "versions");
  CHECK(project.json({"list", "changes"})["assets"]
            .as_array()[0]["counts"]["materialized"]
            .as_int() == 3);
}

TEST_CASE("an automatic code version is that of the code, shown and recorded") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"materialize", "hashed"}).code == 0);
  const Json first = project.json({"show", "hashed"});
  const std::string version = first["code_version"].as_string();
  CHECK(version == "auto:" + first["load_hash"].as_string().substr(0, 16));
  CHECK(first["latest"]["code_version"].as_string() == version);
  CHECK(first["latest"]["code_hash"] == first["load_hash"]);
  project.add_plugin("versions_2", "versions");
  const Json second = project.json({"show", "hashed"});
  CHECK(second["code_version"].as_string() != version);
  CHECK(second["latest"]["code_version"].as_string() == version);
}

TEST_CASE("copies of plugins that nothing needs are removed, whoever left them there") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  const std::string orphan = ".partita/plugins/" + std::string(64, 'a');
  project.write(orphan + "/versions.so", "of a host that was killed");
  CHECK(project.run({"reload"}).code == 0);
  CHECK_FALSE(project.exists(orphan));
  project.add_plugin("versions_2", "versions");
  CHECK(project.run({"list"}).code == 0);
  CHECK(copies_in(project) == 1);
  CHECK(project.run({"materialize", "answer", "--all"}).code == 0);
}

TEST_CASE("a plugin's copy stays while a run that uses it goes on") {
  Sandbox project;
  project.add_plugin("behaviours");
  auto run = project.start({"materialize", "waits@1"});
  REQUIRE(project.wait_for("started-1"));
  std::filesystem::remove(project.directory() / "definitions/behaviours.so");
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  CHECK(copies_in(project) == 2);
  project.write("release", "");
  CHECK(run.wait().code == 0);
  CHECK(project.run({"reload"}).code == 0);
  CHECK(copies_in(project) == 1);
}

TEST_CASE("a command takes a changed plugin over and says so in one line") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  project.add_plugin("versions_2", "versions");
  const CommandResult list = project.run({"list"});
  CHECK(list.err.find("generation 2") != std::string::npos);
  CHECK(list.out.find("comes") != std::string::npos);
}

TEST_CASE("--locked uses the stored generation whatever is on disk") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  project.add_plugin("versions_2", "versions");
  CHECK(project.json({"list", "--locked"})["generation"].as_int() == 1);
}

TEST_CASE("a plugin that does not load is named with its reason, and the others work") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.write("definitions/broken.so", "this is no plugin\n");
  const CommandResult reload = project.run({"reload"});
  CHECK(reload.code == 3);
  CHECK((reload.out + reload.err).find("broken.so") != std::string::npos);
  CHECK(project.run({"check"}).code == 3);
  CHECK(project.run({"materialize", "letters", "--all"}).code == 0);
}

TEST_CASE("a new version that fails leaves the last good one serving") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  project.write("definitions/versions.so", "half a file");
  CHECK(project.run({"reload"}).code == 3);
  const CommandResult made = project.run({"materialize", "answer", "--all"});
  CHECK(made.code == 0);
  CHECK(made.err.find("the last good version of plugin versions runs: ") != std::string::npos);
  const Json shown = project.json({"show", "answer"});
  CHECK_FALSE(shown["stale_definition"].is_null());
  project.add_plugin("versions_2", "versions");
  CHECK(project.run({"reload"}).code == 0);
  CHECK(project.json({"show", "answer"})["stale_definition"].is_null());
}

TEST_CASE("plans and partitions of a plugin whose last good version serves say so") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  project.add_plugin("behaviours");
  CHECK(project.json({"plan", "answer", "--all"})["problems"].as_array().empty());
  CHECK(project.json({"partitions", "answer"})["problems"].as_array().empty());
  project.write("definitions/versions.so", "half a file");
  const std::string listed = project.json({"list"})["problems"].dump();
  CHECK(project.json({"plan", "answer", "--all"})["problems"].dump() == listed);
  CHECK(project.json({"partitions", "answer"})["problems"].dump() == listed);
  const char* told = "error  load definitions/versions.so: ";
  for (const char* line : {"plan answer --all", "materialize answer --all --dry-run"}) {
    CAPTURE(line);
    CHECK(project.run(words(line)).out.find(told) != std::string::npos);
  }
  CHECK(project.run({"partitions", "answer"}).out.find(told) != std::string::npos);
  const CommandResult frozen = project.run({"plan", "answer", "--all", "-o", "-"});
  CHECK(frozen.err.find("warning: load definitions/versions.so") != std::string::npos);
  CHECK(project.json({"partitions", "letters"})["problems"].as_array().empty());
  CHECK(project.json({"plan", "letters", "--all"})["problems"].as_array().empty());
}

TEST_CASE("a definitions directory that is gone takes nothing away, and is told with what to do") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"reload"}).code == 0);
  const auto definitions = project.directory() / "definitions";
  std::filesystem::rename(definitions, project.directory() / "elsewhere");
  const CommandResult first = project.run({"partitions", "answer"});
  CHECK(first.code == 0);
  CHECK(first.err.find("definitions: No such file or directory; the last good version of its "
                       "plugin is in use: make or mount the directory") != std::string::npos);
  CHECK(project.run({"partitions", "answer"}).err.empty());
  CHECK(project.run({"reload"}).code == 3);
  CHECK(project.run({"check"}).out.starts_with("1 problem; no asset loads\n"));
  CHECK(project.run({"materialize", "answer", "--all"}).code == 0);
  std::filesystem::rename(project.directory() / "elsewhere", definitions);
  CHECK(project.json({"list"})["problems"].as_array().empty());
}

TEST_CASE("a definitions directory that is empty takes its assets away, and says what that means") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.run({"materialize", "answer", "--all"}).code == 0);
  const auto definitions = project.directory() / "definitions";
  std::filesystem::rename(definitions, project.directory() / "elsewhere");
  project.write("definitions/.hidden", "");
  const Json preview = project.json({"reload", "--dry-run"});
  CHECK(has(preview["emptied"], definitions.string()));
  const CommandResult list = project.run({"list"});
  CHECK(list.err.find("generation 2: 4 assets removed") != std::string::npos);
  CHECK(list.err.find("definitions is empty, and had plugins: 4 assets removed (") !=
        std::string::npos);
  CHECK(project.run({"list"}).err.empty());
  std::filesystem::remove_all(definitions);
  std::filesystem::rename(project.directory() / "elsewhere", definitions);
  const Json counts = project.json({"list", "answer"})["assets"].as_array().at(0)["counts"];
  CHECK(counts["materialized"].as_int() == 2);
}

TEST_CASE("a reload that finds nothing new says so and keeps the generation") {
  Sandbox project;
  project.add_plugin("versions_1", "versions");
  CHECK(project.json({"reload"})["generation"].as_int() == 1);
  const Json again = project.json({"reload"});
  CHECK(again["generation"].as_int() == 1);
  CHECK(again["unchanged"].as_int() == 4);
}
