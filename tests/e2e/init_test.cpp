// A new project builds, passes its test and materializes with what `partita init` wrote.
#include <doctest/doctest.h>

#include <cstdlib>

#include "support/sandbox.hpp"

using partita::Json;
using partita::tests::CommandResult;
using partita::tests::Sandbox;

namespace {

// The exit code of a shell command in the project, its output where it failed.
void must_run(const Sandbox& sandbox, const std::string& command) {
  const std::string line =
      "cd '" + sandbox.directory().string() + "/shop' && " + command + " >../log 2>&1";
  const int status = std::system(line.c_str());
  CHECK_MESSAGE(status == 0, command << "\n" << sandbox.read("log"));
}

std::vector<std::string> in_shop(std::vector<std::string> words) {
  words.insert(words.begin(), {"--project", "shop"});
  return words;
}

}  // namespace

TEST_CASE("a new project, and an asset added to it, build, pass their tests and materialize") {
  Sandbox sandbox;
  const Json made = sandbox.json({"init", "shop"});
  CHECK(made["next"].as_array().front().as_string() == "cd shop");
  must_run(sandbox, "cmake -G Ninja -B build -DCMAKE_CXX_COMPILER_LAUNCHER=");
  CHECK(sandbox.run(in_shop({"new", "asset", "orders"})).code == 0);
  must_run(sandbox, "cmake --build build");
  must_run(sandbox, "ctest --test-dir build --no-tests=error");
  CHECK(sandbox.run(in_shop({"materialize", "greetings or orders", "--missing"})).code == 0);
  const Json shown = sandbox.json(in_shop({"show", "orders"}));
  CHECK(shown["latest"]["metadata"]["rows"]["value"].as_int() == 1);
}

TEST_CASE("nothing that exists is written over") {
  Sandbox sandbox;
  CHECK(sandbox.run({"init", "."}).code == 2);
  CHECK(sandbox.read("partita.toml") == "definitions = [\"definitions\"]\n");
  CHECK_FALSE(sandbox.exists("CMakeLists.txt"));
  CHECK(sandbox.run({"new", "asset", "orders"}).code == 0);
  sandbox.write("assets/orders.cpp", "mine");
  const CommandResult again = sandbox.run({"new", "asset", "orders"});
  CHECK(again.code == 2);
  CHECK(again.err.find("assets/orders.cpp: it exists") != std::string::npos);
  CHECK(sandbox.read("assets/orders.cpp") == "mine");
}

TEST_CASE("a name that cannot be a file and a target is refused") {
  Sandbox sandbox;
  for (const char* name : {"a-b", "a/b", "1st", "", "../x"}) {
    CAPTURE(name);
    CHECK(sandbox.run({"new", "asset", name}).code == 2);
  }
  CHECK(sandbox.run({"new", "table", "orders"}).code == 2);
}
