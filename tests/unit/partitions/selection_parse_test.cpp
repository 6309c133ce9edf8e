#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "partitions/selection.hpp"

namespace partita {
namespace {

std::string name_of(PartitionExpr::Kind kind) {
  using Kind = PartitionExpr::Kind;
  static const std::map<Kind, std::string> kNames = {
      {Kind::all, "all"},     {Kind::missing, "missing"},     {Kind::failed, "failed"},
      {Kind::stale, "stale"}, {Kind::set_union, "or"},        {Kind::materialized, "materialized"},
      {Kind::set_not, "not"}, {Kind::set_intersection, "and"}};
  return kNames.at(kind);
}

// Expressions as nested lists: what was understood, in one notation.
std::string shown(const PartitionExpr& expr) {
  using Kind = PartitionExpr::Kind;
  if (expr.kind == Kind::key) return fmt::format("'{}'", expr.text);
  if (expr.kind == Kind::range) return fmt::format("[{} to {}]", expr.from, expr.to);
  if (expr.kind == Kind::latest) {
    return "latest " + std::to_string(expr.offset) + (expr.open ? " on" : "");
  }
  std::string text =
      fmt::format("({}", expr.kind == Kind::by_dimension ? "by" : name_of(expr.kind));
  for (const auto& part : expr.parts) text += fmt::format(" {}", shown(*part));
  for (const auto& part : expr.dimensions) {
    text += fmt::format(" {}={}", part.dimension, shown(*part.expr));
  }
  return text + ")";
}

std::string name_of(AssetExpr::Kind kind) {
  using Kind = AssetExpr::Kind;
  static const std::map<Kind, std::string> kNames = {
      {Kind::glob, "glob"},   {Kind::group, "group"},    {Kind::kind, "kind"},
      {Kind::tag, "tag"},     {Kind::plugin, "plugin"},  {Kind::owner, "owner"},
      {Kind::all, "all"},     {Kind::set_union, "or"},   {Kind::set_intersection, "and"},
      {Kind::set_not, "not"}, {Kind::lineage, "lineage"}};
  return kNames.at(kind);
}

std::string shown(const AssetExpr& expr) {
  using Kind = AssetExpr::Kind;
  std::string text = expr.text;
  if (expr.kind != Kind::name) {
    text = fmt::format("({}", name_of(expr.kind));
    if (!expr.text.empty() && expr.kind != Kind::all) text += fmt::format(" {}", expr.text);
    if (expr.kind == Kind::lineage) {
      text += fmt::format(" {} {}", expr.upstream_hops, expr.downstream_hops);
    }
    for (const auto& part : expr.parts) text += fmt::format(" {}", shown(*part));
    text += ")";
  }
  return expr.partitions == nullptr ? text : text + "@" + shown(*expr.partitions);
}

struct Case {
  std::string_view typed;
  std::string_view understood;
};

constexpr Case kAssets[] = {
    {"sales", "sales"},
    {"  raw/sales.v2-x_1  ", "raw/sales.v2-x_1"},
    {"*", "(all)"},
    {"sales_*", "(glob sales_*)"},
    {"sales_?", "(glob sales_?)"},
    {"group:analysis", "(group analysis)"},
    {"kind:sqlite", "(kind sqlite)"},
    {"tag:x=y", "(tag x=y)"},
    {"tag:x", "(tag x)"},
    {"tag:\"x y\"=\"z\"", "(tag x y=z)"},
    {"plugin:shop", "(plugin shop)"},
    {"owner:me@example.org", "(owner me@example.org)"},
    {"+x", "(lineage -1 0 x)"},
    {"2+x", "(lineage 2 0 x)"},
    {"x+", "(lineage 0 -1 x)"},
    {"x+1", "(lineage 0 1 x)"},
    {"+x+", "(lineage -1 -1 x)"},
    {"2+x+3", "(lineage 2 3 x)"},
    {"2+", "(lineage 0 -1 2)"},
    {"+(a or b)", "(lineage -1 0 (or a b))"},
    {"(a)+", "(lineage 0 -1 a)"},
    {"a or b and not c", "(or a (and b (not c)))"},
    {"(a or b) and c", "(and (or a b) c)"},
    {"a or b or c", "(or a b c)"},
    {"not not a", "(not (not a))"},
    {"android or orders and notes", "(or android (and orders notes))"},
    {"((a))", "a"},
    {"x@2024-01-01", "x@'2024-01-01'"},
    {"x @ 2024-01-01", "x@'2024-01-01'"},
    {"+x@k+1", "(lineage -1 1 x@'k')"},
    {"a@missing and b", "(and a@(missing) b)"},
    {"a@missing or not b@failed", "(or a@(missing) (not b@(failed)))"},
    {"group:g@stale", "(group g)@(stale)"},
    {"*@latest", "(all)@latest 0"},
    {"(a or b)@missing", "(or a@(missing) b@(missing))"},
    {"(a or (b or c*))@k", "(or a@'k' (or b@'k' (glob c*)@'k'))"},
    {"x@(missing or failed) and y", "(and x@(or (missing) (failed)) y)"},
};

constexpr Case kPartitions[] = {
    {"k", "'k'"},
    {"2021-05-05-01:00", "'2021-05-05-01:00'"},
    {"us|2024-01-01", "'us|2024-01-01'"},
    {"2023-10-29-02:00+0100", "'2023-10-29-02:00+0100'"},
    {"2023-10-29-02:00+0100..2023-10-29-03:00", "[2023-10-29-02:00+0100 to 2023-10-29-03:00]"},
    {"2023-10-29-02:00+0100|us", "'2023-10-29-02:00+0100|us'"},
    {"\"Home and Garden\"", "'Home and Garden'"},
    {"\"a \\\"b\\\" \\\\\"", "'a \"b\" \\'"},
    {"\xc3\xa9t\xc3\xa9", "'\xc3\xa9t\xc3\xa9'"},
    {"a..b", "[a to b]"},
    {"a..", "[a to ]"},
    {"..b", "[ to b]"},
    {"a..latest", "[a to ]"},
    {"v1.2..v1.3", "[v1.2 to v1.3]"},
    {"\"a b\"..\"c d\"", "[a b to c d]"},
    {"{a,b,c}", "(or 'a' 'b' 'c')"},
    {"{ a , b..c , \"d e\" }", "(or 'a' [b to c] 'd e')"},
    {"{}", "(or)"},
    {"{a}", "(or 'a')"},
    {"all", "(all)"},
    {"missing", "(missing)"},
    {"failed", "(failed)"},
    {"stale", "(stale)"},
    {"materialized", "(materialized)"},
    {"\"missing\"", "'missing'"},
    {"latest", "latest 0"},
    {"latest-7", "latest 7"},
    {"latest-7..", "latest 7 on"},
    {"latest..", "latest 0 on"},
    {"latest-model", "'latest-model'"},
    {"latest-", "'latest-'"},
    {"country=Japan", "(by country='Japan')"},
    {"country=Japan,month=2020-01-01..", "(by country='Japan' month=[2020-01-01 to ])"},
    {"country={Japan,Peru}, month=latest-2..",
     "(by country=(or 'Japan' 'Peru') month=latest 2 on)"},
    {"month=(not {a,b})", "(by month=(not (or 'a' 'b')))"},
    {"missing or failed", "(or (missing) (failed))"},
    {"(missing or failed) and not stale", "(and (or (missing) (failed)) (not (stale)))"},
    {"2024-01-01.. and not {2024-03-01}", "(and [2024-01-01 to ] (not (or '2024-03-01')))"},
    {"(r=us,d=a or r=eu,d=b)", "(or (by r='us' d='a') (by r='eu' d='b'))"},
};

// The whole of what a person sees, the hint in the last line.
struct Refused {
  std::string_view typed;
  std::string_view message;
};

constexpr Refused kRefusedAssets[] = {
    {"", "expected an asset\n  \n  ^\n"},
    {"sales@", "expected a key after `@`\n  sales@\n        ^\n"},
    {"a b", "expected `and`, `or` or the end\n  a b\n    ^\nto select both, use `... or b`"},
    {"a adn b", "expected `and`, `or` or the end\n  a adn b\n    ^\ndid you mean `and`?"},
    {"a or", "expected an asset\n  a or\n      ^\n"},
    {"or a", "expected an asset before `or`\n  or a\n  ^\n"},
    {"(a or b", "expected `)`\n  (a or b\n         ^\n"},
    {"a)", "expected `and`, `or` or the end\n  a)\n   ^\n"},
    {"gruop:x",
     "expected one of group, kind, tag, plugin, owner before `:`\n  gruop:x\n  ^\n"
     "did you mean `group`?"},
    {"group:", "expected a value after `group:`\n  group:\n        ^\n"},
    {"@missing", "expected an asset before `@`\n  @missing\n  ^\nfor all, type `*@`"},
    {"\"sales\"", "expected an asset\n  \"sales\"\n  ^\nonly partition keys are quoted"},
    {"a+b",
     "expected a number of steps after `+`\n  a+b\n    ^\n"
     "to select both, put `or` between them"},
    {"a+@k",
     "expected `and`, `or` or the end\n  a+@k\n    ^\n"
     "partitions come before the steps: `x@KEY+`"},
    {"9999999999+a", "expected fewer steps than 9999999999\n  9999999999+a\n  ^\n"},
    {"a@k@l", "expected `and`, `or` or the end\n  a@k@l\n     ^\n"},
    {"(a@k or b)@l", "refuse partitions of `a` twice\n  (a@k or b)@l\n            ^\n"},
    {"(a and b)@l",
     "expected only `or` in the parentheses before `@`\n  (a and b)@l\n           ^\n"
     "type the partitions after each asset"},
    {"x@not missing",
     "expected a key\n  x@not missing\n    ^\n"
     "put it in parentheses: `x@(not ...)`"},
    {"x@(missing or",
     "expected a key, a range or one of all, missing, failed, stale, latest\n"
     "  x@(missing or\n               ^\n"},
    {"x@(missing failed)", "expected `and`, `or` or `)`\n  x@(missing failed)\n             ^\n"},
    {"x@\"abc", "expected a closing `\"`\n  x@\"abc\n    ^\n"},
    {"x@\"a\\n\"", "expected `\"` or `\\` after `\\`\n  x@\"a\\n\"\n       ^\n"},
    {"x@\"\"", "expected a key between the quotes\n  x@\"\"\n    ^\n"},
    {"x@..", "expected a key after `..`\n  x@..\n      ^\n"},
    {"x@{a,}",
     "expected a key, a range or one of all, missing, failed, stale, latest\n"
     "  x@{a,}\n       ^\n"},
    {"x@{a b}", "expected `,` or `}`\n  x@{a b}\n       ^\n"},
    {"x@missing..b",
     "expected a key before `..`, not `missing`\n  x@missing..b\n    ^\n"
     "a key that reads as a word of the grammar is typed in quotes"},
    {"x@a..missing",
     "expected a key after `..`, not `missing`\n  x@a..missing\n       ^\n"
     "a key that reads as a word of the grammar is typed in quotes"},
    {"x@latest-3..a",
     "expected nothing after `latest..`, which goes to the last\n"
     "  x@latest-3..a\n              ^\n"},
    {"x@r=a,r=b",
     "refuse `r` a second time\n  x@r=a,r=b\n        ^\n"
     "list its keys: `r={a,b}`"},
    {"x@r=a,b",
     "expected `dimension=`\n  x@r=a,b\n         ^\n"
     "to select several keys of one dimension, use `dimension={a,b}`"},
    {"x@r=",
     "expected a key, a range or one of all, missing, failed, stale, latest\n"
     "  x@r=\n      ^\n"},
    {"\xc3\xa9\xc3\xa9 \xc3\xa9",
     "expected `and`, `or` or the end\n"
     "  \xc3\xa9\xc3\xa9 \xc3\xa9\n     ^\n"
     "to select both, use `... or \xc3\xa9`"},
};

std::string whole_message(const Error& error) {
  return error.message + "\n" + error.hint;
}

}  // namespace

TEST_CASE("selections of assets are understood") {
  for (const Case& each : kAssets) {
    CAPTURE(each.typed);
    const auto expr = parse_selection(each.typed);
    CHECK_MESSAGE(expr, (expr ? "" : expr.error().message));
    if (expr) CHECK(shown(**expr) == each.understood);
  }
}

TEST_CASE("selections of partitions are understood, alone and in parentheses after an asset") {
  for (const Case& each : kPartitions) {
    CAPTURE(each.typed);
    const auto expr = parse_partitions(each.typed);
    CHECK_MESSAGE(expr, (expr ? "" : expr.error().message));
    if (expr) CHECK(shown(**expr) == each.understood);
    const auto nested = parse_selection(fmt::format("x@({})", each.typed));
    CHECK_MESSAGE(nested, (nested ? "" : nested.error().message));
    if (nested) CHECK(shown(*(*nested)->partitions) == each.understood);
  }
}

TEST_CASE("what cannot be understood is shown with a caret and a way on") {
  for (const Refused& each : kRefusedAssets) {
    CAPTURE(each.typed);
    const auto expr = parse_selection(each.typed);
    REQUIRE_FALSE(expr);
    CHECK(expr.error().code == ErrorCode::usage);
    CHECK(whole_message(expr.error()) == each.message);
  }
}

TEST_CASE("a long text is shown around the place") {
  const auto expr = parse_partitions(fmt::format("{{{0:a>200},{0:b>200}!}}", ""));
  REQUIRE_FALSE(expr);
  CHECK(expr.error().message ==
        "expected `,` or `}`\n  ..." + std::string(60, 'b') + "!}\n" + std::string(65, ' ') + "^");
}

TEST_CASE("partitions alone end where they end") {
  const auto expr = parse_partitions("a b");
  REQUIRE_FALSE(expr);
  CHECK(expr.error().message == "expected `and`, `or` or the end\n  a b\n    ^");
}

TEST_CASE("expressions know the column they were typed in, in characters") {
  const auto expr = parse_selection("\xc3\xa9 or b@(k or l)");
  REQUIRE(expr);
  const AssetExpr& b = *(*expr)->parts[1];
  CHECK(b.column == 6);
  CHECK(b.partitions->parts[1]->column == 14);
}

TEST_CASE("deep nesting is refused, not followed") {
  const std::string open(10'000, '(');
  CHECK_FALSE(parse_selection(open + "a"));
  CHECK_FALSE(parse_partitions(open + "a"));
  CHECK_FALSE(parse_partitions(std::string(10'000, '{')));
  std::string nots;
  for (int i = 0; i < 10'000; ++i) nots += "not ";
  CHECK_FALSE(parse_selection(nots + "a"));
  CHECK_FALSE(parse_partitions(nots + "a"));
  CHECK(parse_selection("((((((((a))))))))"));
}

TEST_CASE("a key is quoted exactly where the grammar needs it, and read back") {
  const std::pair<std::string, std::string> table[] = {
      {"2024-01-01", "2024-01-01"},
      {"2021-05-05-01:00", "2021-05-05-01:00"},
      {"2023-10-29-02:00+0100", "2023-10-29-02:00+0100"},
      {"us|2024-01-01", "us|2024-01-01"},
      {"Home and Garden", "\"Home and Garden\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"a,b", "\"a,b\""},
      {"a=b", "\"a=b\""},
      {"a..b", "\"a..b\""},
      {"a.", "\"a.\""},
      {".a", ".a"},
      {"a+1", "\"a+1\""},
      {"+0100", "\"+0100\""},
      {"missing", "\"missing\""},
      {"latest", "\"latest\""},
      {"latest-12", "\"latest-12\""},
      {"latest-x", "latest-x"},
      {"not", "\"not\""},
      {"not:x", "not:x"},
      {"or|and", "or|and"},
      {"and", "\"and\""},
      {"\xc3\xa9", "\xc3\xa9"},
      {"", "\"\""},
  };
  for (const auto& [key, quoted] : table) {
    CHECK(quoted_key(key) == quoted);
    if (key.empty()) continue;
    const auto expr = parse_partitions(quoted);
    REQUIRE(expr);
    CHECK((*expr)->kind == PartitionExpr::Kind::key);
    CHECK((*expr)->text == key);
    const auto range = parse_partitions(quoted + ".." + quoted);
    REQUIRE(range);
    CHECK((*range)->from == key);
    CHECK((*range)->to == key);
  }
}

}  // namespace partita
