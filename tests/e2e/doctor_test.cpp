// `partita doctor`: what is healthy, what is not, and that looking changes nothing.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::RunningCommand;
using partita::tests::Sandbox;

namespace fs = std::filesystem;

namespace {

struct Line {
  std::string status, text, hint;
};

// By name; of several the worst.
std::map<std::string, Line> look_at(const Sandbox& project, int code) {
  const CommandResult result = project.run({"--json", "doctor"});
  CAPTURE(result.out);
  CAPTURE(result.err);
  CHECK(result.code == code);
  const auto view = Json::parse(result.out);
  REQUIRE(view);
  std::map<std::string, Line> lines;
  for (const Json& check : (*view)["checks"].as_array()) {
    Line& line = lines[check["name"].as_string()];
    if (check["status"].as_string() <= line.status) continue;  // ok, problem, warning
    line = {check["status"].as_string(), check["text"].as_string(), check["hint"].as_string()};
  }
  return lines;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// Every file with its size and when it was written.
std::map<std::string, std::string> files_of(const Sandbox& project) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(project.directory())) {
    const std::string name = entry.path().string();
    files[name] = entry.is_regular_file() ? project.read(fs::relative(name, project.directory()))
                                          : std::string("directory");
  }
  return files;
}

void patch_schema(const Sandbox& project, char version) {
  std::string store = project.read(".partita/partita.db");
  store[63] = version;  // the last byte of SQLite's user_version
  project.write(".partita/partita.db", store);
}

}  // namespace

TEST_CASE("a healthy project has no problems, and is left as it was") {
  Sandbox project;
  project.add_plugin("leases");
  project.write("release", "");
  REQUIRE(project.run({"materialize", "base", "--all"}).code == 0);
  const auto before = files_of(project);
  auto lines = look_at(project, 0);
  for (const char* name :
       {"program",  "sdk",    "contract", "cpus",        "descriptors", "time_zones",
        "terminal", "locale", "settings", "definitions", "plugins",     "state",
        "room",     "locks",  "exchange", "wal",         "store",       "runs",
        "outputs",  "copies", "dev",      "leftovers",   "published"}) {
    CAPTURE(name);
    CHECK(lines.contains(name));
    if (std::string_view(name) != "room") CHECK(lines[name].status == "ok");
  }
  CHECK(says(lines["plugins"].text, "1 plugin with "));
  CHECK(files_of(project) == before);
}

TEST_CASE("a project in which nothing was done yet is healthy, and stays so") {
  const Sandbox project;
  const auto lines = look_at(project, 0);
  CHECK(says(lines.at("store").text, "the first command makes it"));
  CHECK_FALSE(project.exists(".partita"));
}

TEST_CASE("outside a project the installation and the user's settings are looked at") {
  const Sandbox project;
  fs::remove(project.directory() / "partita.toml");
  const auto lines = look_at(project, 0);
  CHECK(lines.contains("compiler"));
  CHECK(lines.at("settings").status == "ok");
  project.write_user_settings("jobs = 0\n");
  CHECK(says(look_at(project, 1).at("settings").text, "config.toml:1: `jobs`"));
  fs::remove(project.user_settings());
  CHECK_FALSE(lines.contains("store"));
  CHECK(project.run({"doctor", "--project", "."}).code == 1);
}

TEST_CASE("settings that cannot be read are a problem, and the rest is looked at") {
  const Sandbox project("jobs = 0\n");
  const auto lines = look_at(project, 1);
  CHECK(says(lines.at("settings").text, "partita.toml:1"));
  CHECK(lines.at("project").status == "warning");
  CHECK(lines.at("cpus").status == "ok");
}

TEST_CASE("definitions that are not there or do not load are a problem") {
  Sandbox project("definitions = [\"definitions\", \"elsewhere\"]\n");
  project.add_plugin("behaviours");
  project.write("definitions/broken.so", "no library");
  auto lines = look_at(project, 1);
  CHECK(lines["definitions"].status == "problem");
  CHECK(says(lines["definitions"].text, "elsewhere"));
  CHECK(lines["plugins"].status == "problem");
  CHECK(
      says(lines["plugins"].text, "load definitions/broken.so: it is no ELF file; 1 plugin with "));
  CHECK(says(lines["plugins"].hint, "partita check"));
  REQUIRE(project.run({"list"}).code == 0);
  project.write("definitions/behaviours.so", "no library any more");
  lines = look_at(project, 1);
  CHECK(lines["plugins"].text ==
        "2 problems, the first: load definitions/behaviours.so: it is no ELF file; the last good "
        "version of behaviours is in use; no plugin loads");
  CHECK(lines["store"].status == "ok");
}

TEST_CASE("a store that is damaged, newer or older is told as such") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  const std::string sound = project.read(".partita/partita.db");
  patch_schema(project, 99);
  CHECK(look_at(project, 1)["store"].status == "problem");
  patch_schema(project, 3);
  auto lines = look_at(project, 0);
  CHECK(lines["store"].status == "warning");
  CHECK(says(lines["runs"].text, "not looked at"));
  CHECK(project.read(".partita/partita.db")[63] == 3);
  project.write(".partita/partita.db",
                sound.substr(0, 4096) + std::string(sound.size() - 4096, 'x'));
  CHECK(look_at(project, 1)["store"].status == "problem");
  project.write(".partita/partita.db", std::string(8192, 'x'));
  lines = look_at(project, 1);
  CHECK(lines["store"].status == "problem");
  CHECK(lines["locks"].status == "ok");
}

TEST_CASE("a run goes on while it is looked at, and one that was killed is told") {
  Sandbox project;
  project.add_plugin("leases");
  RunningCommand run = project.start({"materialize", "base", "--all"});
  REQUIRE(project.wait_for("base-1"));
  auto lines = look_at(project, 0);
  CHECK(says(lines["runs"].text, "run 1 goes on in process " + std::to_string(run.pid())));
  CHECK(lines["leftovers"].status == "ok");
  CHECK(lines["store"].status == "ok");
  run.signal(SIGKILL);
  run.wait();
  lines = look_at(project, 0);
  CHECK(lines["runs"].status == "warning");
  CHECK(says(lines["runs"].hint, "partita resume 1"));
  CHECK(says(lines["leftovers"].text, ".partita/tmp/1"));
  CHECK(project.json({"runs"})["runs"].as_array()[0]["result"].as_string() == "interrupted");
  lines = look_at(project, 0);
  CHECK(lines["runs"].status == "ok");
  CHECK(lines["leftovers"].status == "ok");
}

TEST_CASE("what a doctor that was killed has left is swept by the next, and told with its size") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"reload"});
  const auto write_probe = [&](const std::string& name) {
    project.write(name + "/store.db", std::string(1500, 'x'));
    fs::last_write_time(project.directory() / name,
                        fs::file_time_type::clock::now() - std::chrono::minutes(1));
  };
  write_probe(".partita/doctor-abcdef");
  write_probe(".partita-doctor-abcdef");
  write_probe(".partita/doctor-locked");
  const int held = ::open((project.directory() / ".partita/doctor-locked").c_str(), O_RDONLY);
  REQUIRE(::flock(held, LOCK_EX | LOCK_NB) == 0);
  const auto lines = look_at(project, 0);
  CHECK(lines.at("leftovers").status == "ok");
  CHECK(says(lines.at("leftovers").text, ".partita/doctor-abcdef, .partita-doctor-abcdef, 3.0 kB"));
  CHECK_FALSE(project.exists(".partita/doctor-abcdef"));
  CHECK_FALSE(project.exists(".partita-doctor-abcdef"));
  CHECK(project.exists(".partita/doctor-locked"));
  ::close(held);
}

TEST_CASE("a file in the place of a directory below the state directory is told with what to do") {
  Sandbox project;
  project.add_plugin("behaviours");
  project.run({"reload"});
  fs::remove_all(project.directory() / ".partita/staging");
  project.write(".partita/staging", "");
  const auto lines = look_at(project, 1);
  const std::string place = (project.directory() / ".partita/staging").string();
  CHECK(lines.at("state").text == "write in " + place + ": Not a directory");
  CHECK(lines.at("state").hint == "move " + place + " away: a directory belongs there");
}

TEST_CASE("published outputs that are gone are told with what makes them again") {
  Sandbox project;
  project.add_plugin("behaviours");
  REQUIRE(project.run({"materialize", "letters", "--all"}).code == 0);
  CHECK(look_at(project, 0).at("published").text == "3 outputs are where they belong");
  const fs::path outputs = project.directory() / ".partita/outputs/letters";
  fs::remove_all(outputs / "@b");
  auto lines = look_at(project, 1);
  CHECK(lines["published"].text ==
        "1 published output is gone: .partita/outputs/letters/@b of letters@b, which counts as "
        "materialized");
  CHECK(lines["published"].hint == "partita materialize 'letters@b'");
  fs::remove_all(outputs / "@a");
  lines = look_at(project, 1);
  CHECK(
      says(lines["published"].text, "2 published outputs are gone: as .partita/outputs/letters/@"));
  CHECK(lines["published"].hint == "partita materialize 'letters@{a,b}'");
  REQUIRE(project.run({"materialize", "letters@{a,b}"}).code == 0);
  CHECK(look_at(project, 0).at("published").status == "ok");
  REQUIRE(project.run({"wipe", "letters@all", "--yes"}).code == 0);
  CHECK(look_at(project, 0).at("published").status == "ok");
}

TEST_CASE("a dev that runs is told") {
  Sandbox project;
  RunningCommand dev = project.start({"dev"});
  REQUIRE(project.wait_for(".partita/dev.sock"));
  const auto lines = look_at(project, 0);
  CHECK(says(lines.at("dev").text, "process " + std::to_string(dev.pid())));
  dev.signal(SIGINT);
  dev.wait();
}
