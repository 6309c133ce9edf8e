// What the commands print for people, from views, at 80 columns without colour.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/display_text.hpp"
#include "cli/exit_code.hpp"
#include "cli/graph_text.hpp"
#include "cli/help.hpp"
#include "cli/list_text.hpp"
#include "cli/materialize_request.hpp"
#include "cli/materialize_text.hpp"
#include "cli/metadata_text.hpp"
#include "cli/notices.hpp"
#include "cli/partitions_text.hpp"
#include "cli/reload_text.hpp"
#include "cli/run_text.hpp"
#include "cli/runs_text.hpp"
#include "cli/show_text.hpp"
#include "cli/status_text.hpp"

using namespace partita;

namespace {

AssetRow daily(std::string key, StatusCounts counts, std::vector<StripBucket> strip) {
  AssetRow row;
  row.key = std::move(key);
  row.group = "sales";
  row.partitions_kind = "daily";
  row.partitions_text = "daily from 2024-01-01";
  row.partition_count = 24;
  row.counts = std::move(counts);
  row.strip = std::move(strip);
  return row;
}

int widest_line(const std::string& text) {
  int widest = 0;
  for (const std::string& line : split(text, '\n')) widest = std::max(widest, display_width(line));
  return widest;
}

Result<MaterializeRequest> request_of(const std::vector<std::string>& words) {
  Result<ParsedOptions> options = parse_options(materialize_command().options, words);
  if (!options) return std::move(options).error();
  return materialize_request(*options);
}

}  // namespace

TEST_CASE("list shows groups, a strip, counts and what needs attention") {
  ListView view;
  view.assets = {daily("orders", {{DisplayStatus::materialized, 13}, {DisplayStatus::failed, 1}},
                       {{6, 6, 0}, {6, 6, 0}, {6, 1, 0}, {6, 0, 1}}),
                 daily("refunds", {}, {{24, 0, 0}})};
  view.problems = {{"legacy.so", "abi", "wrong abi 2, want 1", false}};
  CHECK(list_text(view, {}) ==
        "sales\n"
        "  orders   ██▄x  13/24  1 failed  daily from 2024-01-01\n"
        "  refunds  ·      0/24  daily from 2024-01-01\n"
        "\n"
        "error  legacy.so: wrong abi 2, want 1\n");
}

TEST_CASE("list tells a problem once, wherever it was found") {
  ListView view;
  view.assets = {daily("orders", {}, {{24, 0, 0}})};
  view.assets[0].blocked = "depends on feed, which no plugin declares";
  const ProblemView found{"shop", "blocked_asset",
                          "asset orders depends on feed, which no plugin declares"};
  view.problems = {found, found};
  const std::string text = list_text(view, {});
  CHECK(text.find("feed") != std::string::npos);
  CHECK(text.find("feed") == text.rfind("feed"));
}

TEST_CASE("a graph is a tree in which an asset of several stands below the first") {
  ListView view;
  view.assets = {
      daily("orders", {{DisplayStatus::materialized, 13}, {DisplayStatus::failed, 1}}, {}),
      daily("prices", {}, {}), daily("re\"port", {}, {}), daily("revenue", {}, {})};
  view.assets[2].deps = {"revenue", "orders", "not selected"};
  view.assets[3].deps = {"orders", "prices", "revenue"};
  CHECK(graph_text(view, {}) ==
        "orders                 13/24  1 failed\n"
        "├─ re\"port              0/24\n"
        "└─ revenue              0/24\n"
        "   └─ re\"port (above)\n"
        "prices                  0/24\n"
        "└─ revenue (above)\n");
  Look ascii;
  ascii.glyphs = false;
  CHECK(graph_text(view, ascii).find("   `- re\"port (above)\n") != std::string::npos);
  const std::string dot = graph_dot(view);
  CHECK(dot.find("  \"re\\\"port\" [label=\"re\\\"port\\n0/24\"];\n") != std::string::npos);
  CHECK(dot.find("  \"orders\" -> \"revenue\";\n") != std::string::npos);
  CHECK(dot.find("not selected") == std::string::npos);
  CHECK(graph_text({}, {}) == "no assets\n");
}

TEST_CASE("a strip needs neither colour nor glyphs") {
  Look ascii;
  ascii.glyphs = false;
  CHECK(strip_text({{2, 2, 0}, {2, 1, 0}, {2, 0, 0}, {2, 0, 1}}, ascii) == "#+.x");
}

TEST_CASE("a window is written without what its ends do not need") {
  const Instant day = 1'704'067'200;  // 2024-01-01
  CHECK(window_text({day, day + 86400}) == "2024-01-01 .. 2024-01-02");
  CHECK(window_text({day + 3600, day + 7200}) == "2024-01-01 01:00 .. 02:00");
  CHECK(window_text({day + 82800, day + 86400}) == "2024-01-01 23:00 .. 24:00");
  CHECK(window_text({day + 86399, day + 86400}) == "2024-01-01 23:59:59 .. 24:00:00");
  CHECK(window_text({day + 82800, day + 90000}) == "2024-01-01 23:00 .. 2024-01-02 01:00");
  CHECK(window_text({day + 1, day + 3600}) == "2024-01-01 00:00:01 .. 01:00:00");
}

TEST_CASE("numbers in metadata are grouped, and not longer than they say") {
  struct Row {
    double number;
    const char* text;
  };
  for (const Row& row :
       {Row{0, "0"}, Row{0.25, "0.25"}, Row{-0.5, "-0.5"}, Row{1234567.891, "1,234,567.89"},
        Row{-1234.5, "-1,234.5"}, Row{1.0 / 3, "0.33333"}, Row{1e-9, "1e-09"}, Row{1e20, "1e+20"},
        Row{100, "100"}}) {
    CHECK(number_text(row.number) == row.text);
  }
}

TEST_CASE("a document in metadata stands under its name as it is") {
  const MetadataView metadata = {
      {"rows", Json::object().set("kind", "int").set("value", 12345)},
      {"preview", Json::object().set("kind", "markdown").set("value", "| a |\n| - |\n")}};
  CHECK(metadata_text(metadata, {}, 2) ==
        "  rows     12,345\n"
        "  preview\n"
        "    | a |\n"
        "    | - |\n");
}

TEST_CASE("a run that failed ends with the commands to type next") {
  MaterializeView view{
      8, "failed", {{DisplayStatus::materialized, 22}, {DisplayStatus::failed, 2}}, 0.42, 24};
  FailureDigest failures;
  AttemptView attempt;
  attempt.status = DisplayStatus::failed;
  attempt.error = FailureView{"error", 0, "no feed", ""};
  failures.add("shop", "Home and Garden", attempt);
  CHECK(ending_text(view, failures, {}) ==
        "run 8: 22 materialized, 2 failed in 0.4 s\n"
        "\n"
        "  shop@\"Home and Garden\"  no feed\n"
        "\n"
        "next\n"
        "  partita run 8                            what happened, with backtraces\n"
        "  partita logs 8 'shop@\"Home and Garden\"'  what it printed\n"
        "  partita retry 8                          once it is mended\n");
}

TEST_CASE("a run without work says so") {
  CHECK(ending_text({}, {}, {}) == "nothing to do\n");
}

TEST_CASE("runs show what is done, with nothing to do counted as done") {
  RunRow run;
  run.run = 3;
  run.result = "success";
  run.started = 1'704'067'200;
  run.seconds = 12;
  run.planned = 666;
  run.counts = {{DisplayStatus::materialized, 23}, {DisplayStatus::skipped, 643}};
  run.selection = "rates@country=Japan";
  CHECK(runs_text({run}, {}, 0) ==
        "RUN  RESULT   STARTED, UTC      TOOK     DONE  SELECTION\n"
        "  3  success  2024-01-01 00:00  12 s  666/666  rates@country=Japan\n");
}

TEST_CASE("a run that lasts says for how long, and one that is cut how much is shown") {
  RunView view;
  view.row.run = 3;
  view.row.result = "running";
  view.row.started = 1'704'067'200;
  view.row.seconds = 12;
  view.row.planned = 4;
  view.truncated = true;
  view.partitions.resize(1);
  CHECK(runs_text({view.row}, {}, 0).find("  12 s so far  ") != std::string::npos);
  const std::string one = run_text(view, {}, {});
  CHECK(one.find("started     2024-01-01T00:00:00Z, runs for 12 s\n") != std::string::npos);
  CHECK(one.find("\nonly the first is shown; --limit N for more\n") != std::string::npos);
  view.row.result = "failed";
  view.partitions.resize(2);
  const std::string ended = run_text(view, {}, {});
  CHECK(ended.find("2024-01-01T00:00:00Z, took 12 s\n") != std::string::npos);
  CHECK(ended.find("\nthe first 2 are shown; --limit N for more\n") != std::string::npos);
}

TEST_CASE("of a run's plan no more is shown than was asked for") {
  RunView view;
  view.plan = Json::array();
  for (const char* day : {"2024-01-01", "2024-01-02", "2024-01-03"})
    view.plan.push(Json::object().set("asset", "sum").set("partitions", day).set("count", 1));
  const std::string cut = run_text(view, {.outputs = {}, .limit = 2}, {});
  CHECK(cut.find("sum@2024-01-02 (1)\n              and 1 more\n") != std::string::npos);
  const std::string whole = run_text(view, {}, {});
  CHECK(whole.find("sum@2024-01-03 (1)\n") != std::string::npos);
}

TEST_CASE("what a rescan took over is one line") {
  ReloadView view;
  view.generation = 4;
  view.added = {"a"};
  view.changed = {{"b", {"code"}}, {"c", {"code"}}};
  CHECK(taken_over_text(view) == "took over generation 4: 1 asset added, 2 changed");
}

TEST_CASE("a reload says which keys leave and come, and what is kept as history") {
  ReloadView view;
  view.generation = 2;
  view.removed = {"gone"};
  view.changed = {{"sales", {"partitions: monthly -> weekly"}}, {"rates", {"partitions: +Japan"}}};
  view.effects = {{"gone", 3, 0, 1}, {"sales", 24, 104, 20}, {"rates", 0, 1, 0}};
  CHECK(reload_text(view, true, {}) ==
        "generation 2: would change\n"
        "  -  gone   1 materialized partition is kept as history\n"
        "  ~  sales  partitions: monthly -> weekly\n"
        "            24 keys leave, 104 come; materializations of 20 leaving keys are\n"
        "            kept as history\n"
        "  ~  rates  partitions: +Japan\n"
        "            1 key comes\n");
}

TEST_CASE("check says how many assets are well") {
  ReloadView view;
  view.unchanged = 14;
  CHECK(check_text(view, {}) == "ok: 14 assets load and validate\n");
}

TEST_CASE("check counts problems apart from warnings, and says what loads beside them") {
  ReloadView view;
  view.problems = {{"definitions/a.so", "not_elf", "load definitions/a.so: it is no ELF file"}};
  CHECK(check_text(view, {}) ==
        "1 problem; no asset loads\n\nerror  load definitions/a.so: it is no ELF file\n");
  view.unchanged = 14;
  view.problems.push_back({"shop", "thread_left", "it left a thread running", true});
  CHECK(check_text(view, {}) ==
        "1 problem, 1 warning; 14 assets load\n\n"
        "error    load definitions/a.so: it is no ELF file\n"
        "warning  shop: it left a thread running\n");
}

TEST_CASE("a materialize request is made from its options") {
  const Result<MaterializeRequest> request = request_of(
      {"orders", "--failed", "-j", "4", "--order", "newest", "--fail-fast", "--upstream-missing"});
  REQUIRE(request.has_value());
  CHECK(request->selection == "orders");
  CHECK(request->failed);
  CHECK(request->jobs == 4);
  CHECK(request->order == MaterializeRequest::Order::newest);
  CHECK(request->most_failures == 1);
  CHECK(request->upstream_missing);
  CHECK_FALSE(request->no_wait);
}

TEST_CASE("without a selection, a status means every asset and nothing else does") {
  CHECK(request_of({"--missing"}).value().selection == "*");
  CHECK_FALSE(request_of({}).has_value());
}

TEST_CASE("two selections and two statuses are refused") {
  CHECK(request_of({"a", "--select", "b"}).error().hint == "join them with `or`: 'a or b'");
  CHECK(request_of({"a", "--missing", "--failed"}).value().failed);
  CHECK_FALSE(request_of({"a", "--missing", "--all"}).has_value());
  CHECK_FALSE(request_of({"a", "--partition", "x", "--partition-range", "x...y"}).has_value());
}

TEST_CASE("a command that does not exist is refused with what was near") {
  CHECK(find_command_named("backfill").value()->name == "materialize");
  const Result<const Command*> unknown = find_command_named("matrialize");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(exit_code_of(unknown.error().code) == 2);
  CHECK(unknown.error().hint == "did you mean `materialize`?");
}

TEST_CASE("every command's help fits 80 columns and shows an example that parses") {
  CHECK(widest_line(overview_help({})) <= 80);
  for (const Command& command : all_commands()) {
    CAPTURE(command.name);
    CHECK(widest_line(command_help(command, {})) <= 80);
    for (const Example& example : command.examples) CHECK(example.line.starts_with(command.name));
  }
}

TEST_CASE("no option of a command hides a global one") {
  for (const Command& command : all_commands()) {
    for (const OptionSpec& option : command.options) {
      for (const OptionSpec& global : global_options()) {
        CAPTURE(command.name);
        CHECK(option.name != global.name);
        CHECK((option.letter == 0 || option.letter != global.letter));
      }
    }
  }
}

TEST_CASE("an error for people has a hint under it, later lines indented") {
  const Error error = usage_error("expected a key after `@`\n  sales@\n        ^", "write a key");
  CHECK(error_text(error, {}) ==
        "error: expected a key after `@`\n"
        "    sales@\n"
        "          ^\n"
        "hint: write a key\n");
}

TEST_CASE("an error for machines has code, message and hint") {
  CHECK(to_json(usage_error("no", "do")).dump() ==
        R"({"error":{"code":"usage","message":"no","hint":"do"}})");
}
