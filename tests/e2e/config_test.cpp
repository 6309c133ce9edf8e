// Settings: which source wins, what each may have, and `config show`.
#include <doctest/doctest.h>

#include <filesystem>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

using Words = std::vector<std::string>;

Json setting(const Sandbox& project, const std::string& name, Words flags = {},
             const Words& environment = {}) {
  flags.insert(flags.begin(), {"--json", "config", "show"});
  const CommandResult shown = project.run(flags, environment);
  CAPTURE(shown.out);
  const auto answer = Json::parse(shown.out);
  REQUIRE(answer);
  for (const Json& one : (*answer)["settings"].as_array()) {
    if (one["name"].as_string() == name) return one;
  }
  return {};
}

std::string from(const Json& setting) {
  return setting["origin"]["text"].as_string();
}

bool says(const CommandResult& result, std::string_view text) {
  return (result.out + result.err).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a setting is taken from the first source that has it") {
  const Sandbox project("jobs = 3\n");
  CHECK(from(setting(project, "isolation")) == "default");
  project.write_user_settings("isolation = \"partition\"\njobs = 2\n");
  CHECK(setting(project, "isolation")["value"].as_string() == "partition");
  CHECK(setting(project, "isolation")["origin"]["line"].as_int() == 1);
  CHECK(setting(project, "isolation")["origin"]["kind"].as_string() == "user");
  CHECK(setting(project, "jobs")["value"].as_int() == 3);
  CHECK(from(setting(project, "jobs")) == "partita.toml:1");
  const Json environment = setting(project, "jobs", {}, {"PARTITA_JOBS=4"});
  CHECK(environment["value"].as_int() == 4);
  CHECK(from(environment) == "PARTITA_JOBS");
  const Json flag = setting(project, "jobs", {"-j", "5"}, {"PARTITA_JOBS=4"});
  CHECK(flag["value"].as_int() == 5);
  CHECK(from(flag) == "--jobs");
}

TEST_CASE("tables of several sources are taken together name by name") {
  const Sandbox project("[pools]\nb = 2\n[config.report]\ntitle = \"Sales\"\n");
  project.write_user_settings(
      "[pools]\na = 1\nb = 1\n[config.report]\ntitle = \"Mine\"\nx = 1.5\n");
  CHECK(setting(project, "pools.a")["value"].as_int() == 1);
  CHECK(setting(project, "pools.b")["value"].as_int() == 2);
  CHECK(setting(project, "config.report.title")["value"].as_string() == "Sales");
  CHECK(setting(project, "config.report.x")["value"].as_double() == 1.5);
  const Words environment{"PARTITA_POOLS=a=7, c=8", "PARTITA_CONFIG=report.title=Now\nlimit=3",
                          "PARTITA_MAX_WORKER_DEATHS=0"};
  CHECK(setting(project, "pools.a", {}, environment)["value"].as_int() == 7);
  CHECK(setting(project, "pools.b", {}, environment)["value"].as_int() == 2);
  CHECK(from(setting(project, "pools.c", {}, environment)) == "PARTITA_POOLS");
  CHECK(setting(project, "config.report.title", {}, environment)["value"].as_string() == "Now");
  CHECK(setting(project, "config.\"*\".limit", {}, environment)["value"].as_int() == 3);
  CHECK(setting(project, "max_worker_deaths", {}, environment)["value"].as_int() == 0);
  const Words flag{"--config", "report.title=Flag"};
  CHECK(from(setting(project, "config.report.title", flag, environment)) == "--config");
}

TEST_CASE("the user's settings reach the assets") {
  const Sandbox project;
  project.add_plugin("behaviours");
  project.write_user_settings("[config.configured]\nlimit = 12\n");
  REQUIRE(project.run({"materialize", "configured"}).code == 0);
  CHECK(project.json({"show", "configured"})["latest"]["metadata"]["limit"]["value"].as_int() ==
        12);
}

TEST_CASE("what is wrong in the user's file is told with the file and the line") {
  struct Case {
    const char* text;
    Words says;
  };
  const Sandbox project;
  const std::string file = project.user_settings().string();
  for (const Case& one : std::vector<Case>{
           {"\njobs = 0\n", {":2: `jobs`", "whole number from 1"}},
           {"jobs = \"4\"\n", {":1: `jobs`"}},
           {"jobs = 100001\n", {":1: `jobs`", "at most 100000"}},
           {"jobs = 1\njobs = 2\n", {":2:", "config.toml is TOML"}},
           {"isolation = \"jail\"\n", {":1: unknown isolation `jail`"}},
           {"job = 4\n", {":1: unknown key `job`", "did you mean `jobs`"}},
           {"jobs = 1\nstore = \"x.db\"\n", {":2: `store` is a project's own", "partita.toml"}},
           {"definitions = [\"d\"]\n", {":1: `definitions` is a project's own"}},
           {"[resources.a]\nx = 1\n", {":1: `resources` is a project's own"}},
           {"[dev]\nbuild = \"make\"\n", {":1: `dev` is a project's own"}},
           {"[pools]\n\na = 0\n", {":3: `pools.a`"}}}) {
    project.write_user_settings(one.text);
    for (const Words& command : {Words{"list"}, Words{"config", "show"}, Words{"db", "check"}}) {
      const CommandResult result = project.run(command);
      CAPTURE(result.err);
      CHECK(result.code == 2);
      CHECK(says(result, file + one.says[0]));
      for (const std::string& text : one.says) CHECK(says(result, text));
    }
  }
}

TEST_CASE("what is wrong in the environment is told with the variable") {
  const Sandbox project;
  for (const char* variable :
       {"PARTITA_JOBS=4x", "PARTITA_JOBS=0", "PARTITA_JOBS=99999999999", "PARTITA_ISOLATION=jail",
        "PARTITA_MAX_WORKER_DEATHS=-1", "PARTITA_POOLS=a", "PARTITA_POOLS=a=x", "PARTITA_POOLS==1",
        "PARTITA_POOLS= =1", "PARTITA_POOLS=a=1,a=2", "PARTITA_CONFIG=title",
        "PARTITA_CONFIG=report.=1", "PARTITA_CONFIG=.title=1"}) {
    const CommandResult result = project.run({"config", "show"}, {variable});
    const std::string_view text(variable);
    CAPTURE(result.err);
    CHECK(result.code == 2);
    CHECK(says(result, "read " + std::string(text.substr(0, text.find('='))) + ": "));
  }
  CHECK(from(setting(project, "jobs", {}, {"PARTITA_JOBS="})) == "default");
}

TEST_CASE("a variable that is almost one of ours is told with the one that may be meant") {
  const Sandbox project("[resources.api]\ntoken = { env = \"PARTITA_CONFIGS\" }\n");
  const Words environment{"PARTITA_JBOS=4", "PARTITA_CONFIGS=a secret", "PARTITA_HOME=/opt",
                          "PARTITA_JOBS=3"};
  for (const Words& command : {Words{"list"}, Words{"config", "show"}}) {
    const CommandResult told = project.run(command, environment);
    CHECK(told.code == 0);
    CHECK(says(told, "warning: PARTITA_JBOS is not read; did you mean `PARTITA_JOBS`?\n"));
    CHECK_FALSE(says(told, "warning: PARTITA_CONFIGS"));
    CHECK_FALSE(says(told, "PARTITA_HOME"));
  }
}

TEST_CASE("a table for an asset or a pool that nothing has is told, once all plugins load") {
  const Sandbox project(
      "[config.configurd]\nlimit = 1\n[config.configured]\nlimit = 2\n[config.\"*\"]\nx = 1\n"
      "[pools]\nnobodys = 1\n");
  project.write_user_settings("[config.elsewhere]\ny = 1\n[pools]\nelsewhere = 1\n");
  project.add_plugin("behaviours");
  CHECK(project.run({"reload"}).code == 0);
  const CommandResult checked = project.run({"check", "--json"});
  CHECK(checked.code == 0);
  for (const CommandResult& told : {checked, project.run({"config", "show"})}) {
    CAPTURE(told.out);
    CAPTURE(told.err);
    CHECK(says(told, "partita.toml:2: `config.configurd` is for no asset; did you mean "));
    CHECK(says(told, "partita.toml:8: `pools.nobodys` is used by no asset"));
    CHECK_FALSE(says(told, "`config.configured` is for"));
    CHECK_FALSE(says(told, "`config.elsewhere` is"));
    CHECK_FALSE(says(told, "`pools.elsewhere` is"));
    CHECK_FALSE(says(told, "`config.\"*\"` is"));
  }
  project.write("definitions/broken.so", "no library");
  CHECK_FALSE(says(project.run({"check"}), "is for no asset"));
}

TEST_CASE("secrets are shown as what they refer to") {
  const Sandbox project("[resources.api]\ntoken = { env = \"TOKEN_OF_TEST\" }\n");
  const CommandResult shown = project.run({"config", "show"}, {"TOKEN_OF_TEST=hush"});
  CHECK(says(shown, "{ env = \"TOKEN_OF_TEST\" }"));
  CHECK_FALSE(says(shown, "hush"));
}

TEST_CASE("the table says where each setting is from when it is asked to") {
  const Sandbox project("jobs = 3\n");
  const std::string home = project.directory().string();
  project.write(".config/partita/config.toml", "# mine\nisolation = \"none\"\n");
  const CommandResult shown =
      project.run({"config", "show", "--origin"}, {"XDG_CONFIG_HOME=", "HOME=" + home});
  CAPTURE(shown.out);
  CHECK(shown.code == 0);
  CHECK(
      says(shown, "isolation          \"none\"                 ~/.config/partita/config.toml:2\n"));
  CHECK(says(shown, "jobs               3                      partita.toml:1\n"));
  CHECK(says(shown, "store              \".partita/partita.db\"  default\n"));
  CHECK_FALSE(says(project.run({"config", "show"}), "default"));
}

TEST_CASE("the table stays readable where the user's file is far away, whose path is told once") {
  const Sandbox project;
  const std::string far = project.directory().string() + "/" + std::string(60, 'x');
  std::filesystem::create_directories(far + "/partita");
  project.write(std::string(60, 'x') + "/partita/config.toml", "jobs = 3\nisolation = \"none\"\n");
  const CommandResult shown =
      project.run({"config", "show", "--origin"}, {"XDG_CONFIG_HOME=" + far});
  CAPTURE(shown.out);
  CHECK(says(shown, "jobs               3                      your config.toml:1\n"));
  CHECK(says(shown, "\n\nyour config.toml is " + far + "/partita/config.toml\n"));
}

TEST_CASE(
    "outside a project the user's settings are shown, and a project that is named must be one") {
  const Sandbox project;
  std::filesystem::remove(project.directory() / "partita.toml");
  project.write_user_settings("jobs = 9\n");
  const CommandResult shown = project.run({"config", "show"});
  CHECK(shown.code == 0);
  CHECK(says(shown, "no project here"));
  CHECK(setting(project, "jobs")["value"].as_int() == 9);
  CHECK(setting(project, "store").is_null());
  CHECK(project.run({"--project", ".", "config", "show"}).code == 2);
  CHECK(project.run({"config", "list"}).code == 2);
  CHECK(project.run({"config"}).out == shown.out);
  CHECK_FALSE(project.exists(".partita"));
}
