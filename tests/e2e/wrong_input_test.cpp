// Wrong input: each gets a clear message, the documented exit code, and loses nothing.
#include <doctest/doctest.h>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

struct Case {
  std::vector<std::string> arguments;
  int code;
  std::vector<std::string> says;  // each on standard error
};

void check(const Sandbox& project, const Case& one) {
  std::string line;
  for (const std::string& argument : one.arguments) line += argument + " ";
  CAPTURE(line);
  const CommandResult result = project.run(one.arguments);
  CAPTURE(result.err);
  CHECK(result.code == one.code);
  CHECK(result.out.empty());
  for (const std::string& text : one.says)
    CHECK_MESSAGE(result.err.find(text) != std::string::npos, text);
}

}  // namespace

TEST_CASE("wrong words on the command line") {
  Sandbox project;
  project.add_plugin("behaviours");
  const std::vector<Case> cases{
      {{"materialise", "letters"}, 2, {"materialise", "did you mean", "materialize"}},
      {{"explain"}, 2, {"ASSET@KEY"}},
      {{"explain", "letters"}, 2, {"which partition", "partita partitions letters"}},
      {{"explain", "letters@{a,b}"}, 2, {"2 partitions"}},
      {{"explain", "sentence@a"}, 2, {"not partitioned"}},
      {{"resume", "7"}, 2, {"run 7", "partita runs"}},
      {{"apply", "partita.toml"}, 2, {"read the plan", "JSON"}},
      {{"apply", "none.plan"}, 2, {"no file `none.plan`", "partita plan SELECTION -o none.plan"}},
      {{"apply", "definitions"}, 2, {"`definitions` is a directory"}},
      {{"plan", "letters@a", "-o", "none/a.plan"}, 2, {"no directory `none`", "mkdir -p none"}},
      {{"plan", "letters@a", "-o", "partita.toml/a"}, 2, {"`partita.toml` is no directory"}},
      {{"plan", "letters@a", "-o", "definitions"}, 2, {"`definitions` is a directory"}},
      {{"plan"}, 2, {"SELECTION"}},
      {{"materialize", "leters", "--all"}, 2, {"leters", "did you mean", "letters"}},
      {{"show", "leters"}, 2, {"leters", "letters"}},
      {{"materialize", "letters"}, 2, {"which partitions", "--missing", "letters@latest"}},
      {{"materialize", "letters@d"}, 2, {"`d`"}},
      {{"materialize", "by_month@2024-02-31"}, 2, {"2024-02-31"}},
      {{"materialize", "by_month@2024-02-02"}, 2, {"2024-02-02"}},
      {{"materialize", "by_month@2025-06-01"}, 2, {"2025-06-01"}},
      {{"materialize", "by_month@2024-05-01..2024-02-01"}, 2, {"2024-05-01", "2024-02-01"}},
      {{"materialize", "sentence@x"}, 2, {"sentence", "not partitioned"}},
      {{"materialize", "letters", "--al"}, 2, {"--al"}},
      {{"materialize", "letters", "--all", "--missing"}, 2, {"--all", "--missing"}},
      {{"materialize", "letters@(a"}, 2, {"letters@(a", "^"}},
      {{"materialize", "letters", "words", "--all"}, 2, {"or"}},
      {{"materialize"}, 2, {}},
      {{"materialize", "letters", "--all", "-j", "0"}, 2, {"-j"}},
      {{"materialize", "letters", "--all", "-j", "many"}, 2, {"many"}},
      {{"materialize", "letters", "--all", "--isolation", "jail"}, 2, {"jail"}},
      {{"materialize", "letters", "--all", "--config", "x"}, 2, {"x"}},
      {{"materialize", "letters", "--all", "--config", "leters.level=5"},
       2,
       {"--config leters.level: there is no asset `leters`", "did you mean `letters`"}},
      {{"materialize", "letters", "--partition", "a", "--partition-range", "a...b"},
       2,
       {"--partition"}},
      {{"materialize", "letters", "--partition-range", "a..b"}, 2, {"a..b", "FROM...TO"}},
      {{"partitions", "letters", "--status", "lost"}, 2, {"lost", "materialized"}},
      {{"materialize", "letters", "--partition", "missing"},
       2,
       {"find no partition `missing`", "unquoted after `@`: `x@missing`"}},
      {{"explain", "letters@missing"}, 2, {"it names 3 partitions"}},
      {{"run", "99"}, 2, {"99"}},
      {{"run", "first"}, 2, {"first"}},
      {{"logs", "99"}, 2, {"99"}},
      {{"dynamic", "add", "thing", "a"}, 2, {"thing", "things"}},
      {{"dynamic", "add", "things", "a...b"}, 2, {"a...b"}},
      {{"list", "--as-of", "yesterday"}, 2, {"yesterday"}},
      {{"list", "group:nothing"}, 2, {"group:nothing"}},
      {{"--project", "/nowhere/at/all", "list"}, 2, {"/nowhere/at/all"}},
  };
  for (const Case& one : cases) check(project, one);
  CHECK(project.json({"runs"})["runs"].as_array().empty());
}

TEST_CASE("a malformed partita.toml is told with its line and what the key takes") {
  struct Toml {
    const char* text;
    std::vector<std::string> says;
  };
  const std::vector<Toml> cases{
      {"definitions = [\n", {"partita.toml"}},
      {"definitions = 3\n", {"partita.toml:1", "definitions"}},
      {"\ndefinition = [\"x\"]\n", {"partita.toml:2", "definition", "did you mean", "definitions"}},
      {"jobs = 0\n", {"jobs"}},
      {"isolation = \"jail\"\n", {"jail", "worker"}},
      {"[pools]\nwarehouse = \"many\"\n", {"partita.toml:2", "pools.warehouse"}},
      {"[resources]\npath = \"x\"\n", {"partita.toml:2", "resources.path"}},
  };
  for (const Toml& one : cases) {
    Sandbox project(one.text);
    check(project, {{"list"}, 2, one.says});
  }
}

TEST_CASE("with --json an error is an object on standard output") {
  Sandbox project;
  project.add_plugin("behaviours");
  const CommandResult result = project.run({"--json", "show", "leters"});
  CHECK(result.code == 2);
  const auto parsed = Json::parse(result.out);
  REQUIRE(parsed);
  CHECK((*parsed)["error"]["code"].as_string() == "not_found");
  CHECK((*parsed)["error"]["message"].as_string().find("leters") != std::string::npos);
  CHECK((*parsed)["error"]["hint"].as_string().find("letters") != std::string::npos);
}

TEST_CASE("a store that is no database, or of a newer version, is left as it is") {
  Sandbox project;
  project.write(".partita/partita.db", std::string(8192, 'x'));
  const CommandResult result = project.run({"list"});
  CHECK(result.code == 70);
  CHECK(result.err.find("partita.db") != std::string::npos);
  CHECK(project.read(".partita/partita.db") == std::string(8192, 'x'));
}

TEST_CASE("the project is found from below, and named without a slash at its end") {
  const Sandbox project;
  CHECK(project.json({"status"})["project"].as_string() == project.directory().string());
  CHECK(project.json({"--project", "definitions/", "status"})["project"].as_string() ==
        project.directory().string());
}

TEST_CASE("a secret that is not set is named before anything runs") {
  Sandbox project(
      "definitions = [\"definitions\"]\n[resources.store]\npath = { env = \"SECRET_PATH_OF_TEST\" "
      "}\n");
  project.add_plugin("behaviours");
  const CommandResult result = project.run({"materialize", "configured"});
  CHECK(result.code == 2);
  CHECK(result.err.find("SECRET_PATH_OF_TEST") != std::string::npos);
  CHECK(project.run({"materialize", "configured"}, {"SECRET_PATH_OF_TEST=abc"}).code == 0);
}

TEST_CASE("a product's key in another order of its dimensions is told in the right one") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "ann"}).code == 0);
  const CommandResult wrong = project.run({"materialize", "by_day@2024-01-02|ann"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err.find("did you mean `ann|2024-01-02`?") != std::string::npos);
}

TEST_CASE("a key that there was once is explained, one that there never was is not") {
  Sandbox project;
  project.add_plugin("customers");
  REQUIRE(project.run({"dynamic", "add", "customers", "ann", "bob"}).code == 0);
  REQUIRE(project.run({"materialize", "orders", "--all"}).code == 0);
  REQUIRE(project.run({"dynamic", "remove", "customers", "bob"}).code == 0);
  CHECK(project.run({"explain", "orders@bob"}).code == 0);
  CHECK(project.run({"explain", "orders@nobody"}).code == 2);
  CHECK(project.run({"explain", "orders@nobody"}).err.find("--orphans") == std::string::npos);
}

TEST_CASE("no command at all is an error for a program, and help for a person") {
  const Sandbox project;
  const CommandResult json = project.run({"--json"});
  CHECK(json.code == 2);
  CHECK(project.json({})["error"]["message"].as_string() == "COMMAND is missing");
  CHECK(project.run({}).code == 0);
}

TEST_CASE("a partita.toml that is a directory is named, with what to do") {
  Sandbox project;
  std::filesystem::remove(project.directory() / "partita.toml");
  std::filesystem::create_directory(project.directory() / "partita.toml");
  check(project, {{"list"}, 2, {"partita.toml: it is a directory", "hint: move it away"}});
}
