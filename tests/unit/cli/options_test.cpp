#include "cli/options.hpp"

#include <doctest/doctest.h>

using namespace partita;

namespace {

const std::vector<OptionSpec> kSpecs = {
    {"json", 0, "", ""},
    {"verbose", 'v', "", "", true},
    {"jobs", 'j', "N", ""},
    {"config", 0, "NAME=VALUE", "", true},
    {"color", 0, "auto|always|never", ""},
};

using Words = std::vector<std::string>;

ParsedOptions parsed(const Words& words) {
  Result<ParsedOptions> options = parse_options(kSpecs, words);
  REQUIRE(options.has_value());
  return *options;
}

Error refused(const Words& words) {
  Result<ParsedOptions> options = parse_options(kSpecs, words);
  REQUIRE_FALSE(options.has_value());
  return options.error();
}

}  // namespace

TEST_CASE("options and arguments may stand in any order") {
  const ParsedOptions options =
      parsed({"a@b", "--json", "-j4", "c", "--config", "x=1", "--config=y=2"});
  CHECK(options.has("json"));
  CHECK(options.value("jobs") == "4");
  CHECK(options.values("config") == Words{"x=1", "y=2"});
  CHECK(options.positionals() == Words{"a@b", "c"});
}

TEST_CASE("a flag that repeats is counted") {
  CHECK(parsed({"-vv", "--verbose"}).count("verbose") == 3);
}

TEST_CASE("selections and `-` are arguments, and so is all after `--`") {
  CHECK(parsed({"+report", "-"}).positionals() == Words{"+report", "-"});
  CHECK(parsed({"--", "--json"}).positionals() == Words{"--json"});
}

TEST_CASE("what is wrong with options is said with the way on") {
  struct Row {
    Words words;
    const char* message;
    const char* hint;
  };
  for (const Row& row : {Row{{"--jsn"}, "unknown option `--jsn`", "did you mean `--json`?"},
                         Row{{"-x"}, "unknown option `-x`", ""},
                         Row{{"--jso"}, "unknown option `--jso`", "did you mean `--json`?"},
                         Row{{"--jobs"}, "option `--jobs` needs a value", "write `--jobs N`"},
                         Row{{"--json=1"}, "option `--json` takes no value", ""},
                         Row{{"-j", "1", "-j", "2"}, "option `--jobs` is given twice", ""},
                         Row{{"--color", "red"},
                             "option `--color` does not take `red`",
                             "it takes auto, always, never"}}) {
    CAPTURE(row.words);
    const Error error = refused(row.words);
    CHECK(error.code == ErrorCode::usage);
    CHECK(error.message == row.message);
    CHECK(error.hint == row.hint);
  }
}

TEST_CASE("a number is whole and not too small") {
  CHECK(parsed({"-j", "8"}).number("jobs", 0, 1).value() == 8);
  CHECK(parsed({}).number("jobs", 5, 1).value() == 5);
  for (const char* text : {"0", "-1", "x", "1.5", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parsed({std::string("--jobs=") + text}).number("jobs", 0, 1).has_value());
  }
}

TEST_CASE("the command is the first word that belongs to no option") {
  CHECK(find_command(kSpecs, Words{"--json", "--color", "never", "list", "x"}).value() == 3);
  CHECK(find_command(kSpecs, Words{"--color=never", "-v", "list"}).value() == 2);
  CHECK_FALSE(find_command(kSpecs, Words{"--json"}).value().has_value());
  CHECK_FALSE(find_command(kSpecs, Words{"--jsn", "list"}).has_value());
}

TEST_CASE("missing and superfluous arguments are refused") {
  const std::vector<PositionalSpec> specs = {{"ASSET", true},
                                             {"SELECTION", false, false, "use or"}};
  CHECK(check_positionals(specs, parsed({"a", "b"})).has_value());
  CHECK(check_positionals(specs, parsed({})).error().message == "ASSET is missing");
  const Status more = check_positionals(specs, parsed({"a", "b", "c"}));
  CHECK(more.error().message == "unexpected argument `c`");
  CHECK(more.error().hint == "use or");
}
