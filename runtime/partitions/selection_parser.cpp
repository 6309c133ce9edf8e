#include <fmt/format.h>

#include <array>
#include <limits>

#include "base/text.hpp"
#include "partitions/selection.hpp"
#include "partitions/selection_partitions.hpp"

namespace partita {
namespace {

using Kind = AssetExpr::Kind;
using AssetExprPtr = std::shared_ptr<const AssetExpr>;

constexpr int kAnyHops = -1;

const std::array<std::pair<std::string, Kind>, 5> kAttributes = {{{"group", Kind::group},
                                                                  {"kind", Kind::kind},
                                                                  {"tag", Kind::tag},
                                                                  {"plugin", Kind::plugin},
                                                                  {"owner", Kind::owner}}};

class AssetParser {
 public:
  explicit AssetParser(std::string_view text) : scanner_(text) {}

  Result<AssetExprPtr> parse() {
    auto expr = parse_joined(Kind::set_union);
    if (!expr) return expr;
    if (!scanner_.at_end()) return unexpected();
    return expr;
  }

 private:
  Result<AssetExprPtr> parse_joined(Kind kind) {
    const bool outer = kind == Kind::set_union;
    scanner_.skip_space();
    const std::size_t position = scanner_.position();
    AssetExpr joined;
    joined.kind = kind;
    while (true) {
      auto part = outer ? parse_joined(Kind::set_intersection) : parse_unary();
      if (!part) return part;
      joined.parts.push_back(*std::move(part));
      scanner_.skip_space();
      if (!scanner_.take_word(outer ? "or" : "and")) break;
    }
    if (joined.parts.size() == 1) return joined.parts.front();
    return made(std::move(joined), position);
  }

  Result<AssetExprPtr> parse_unary() {
    scanner_.skip_space();
    const std::size_t position = scanner_.position();
    if (!scanner_.take_word("not")) return parse_lineage();
    if (++depth_ > kMaxSelectionDepth)
      return scanner_.error_at(position, "refuse a deeper nesting");
    auto part = parse_unary();
    --depth_;
    if (!part) return part;
    AssetExpr expr;
    expr.kind = Kind::set_not;
    expr.parts.push_back(*std::move(part));
    return made(std::move(expr), position);
  }

  Result<AssetExprPtr> parse_lineage() {
    const std::size_t position = scanner_.position();
    AssetExpr lineage;
    lineage.kind = Kind::lineage;
    if (const auto failed = take_upstream_hops(lineage.upstream_hops)) return *failed;
    auto inner = parse_with_partitions();
    if (!inner) return inner;
    if (const auto failed = take_downstream_hops(lineage.downstream_hops)) return *failed;
    if (lineage.upstream_hops == 0 && lineage.downstream_hops == 0) return inner;
    lineage.parts.push_back(*std::move(inner));
    return made(std::move(lineage), position);
  }

  // `+` or `2+`; digits that no `+` follows, or that end in one, belong to a name.
  std::optional<Error> take_upstream_hops(int& hops) {
    SelectionScanner ahead = scanner_;
    const std::string_view digits = ahead.take_digits();
    if (!ahead.take("+")) return std::nullopt;
    SelectionScanner beyond = ahead;
    const bool operand = !beyond.take_name("*?\"(").empty();
    if (!digits.empty() && !operand) return std::nullopt;
    return take_hops(digits, ahead, hops);
  }

  std::optional<Error> take_downstream_hops(int& hops) {
    SelectionScanner ahead = scanner_;
    ahead.skip_space();
    if (!ahead.take("+")) return std::nullopt;
    const std::string_view digits = ahead.take_digits();
    if (!SelectionScanner(ahead).take_name().empty()) {
      return ahead.error_here("expected a number of steps after `+`",
                              "to select both, put `or` between them");
    }
    if (ahead.peek() == '@') {
      return ahead.error_here("expected `and`, `or` or the end",
                              "partitions come before the steps: `x@KEY+`");
    }
    return take_hops(digits, ahead, hops);
  }

  std::optional<Error> take_hops(std::string_view digits, const SelectionScanner& after,
                                 int& hops) {
    hops = kAnyHops;
    if (!digits.empty()) {
      const auto steps = parse_steps(digits);
      if (!steps || *steps > std::numeric_limits<int>::max()) {
        return scanner_.error_here(fmt::format("expected fewer steps than {}", digits));
      }
      hops = static_cast<int>(*steps);
    }
    scanner_ = after;
    return std::nullopt;
  }

  Result<AssetExprPtr> parse_with_partitions() {
    scanner_.skip_space();
    auto expr = parse_primary();
    if (!expr) return expr;
    scanner_.skip_space();
    const std::size_t position = scanner_.position();
    if (!scanner_.take("@")) return expr;
    scanner_.skip_space();
    if (scanner_.at_end()) return scanner_.error_here("expected a key after `@`");
    auto partitions = PartitionParser(scanner_).parse_one();
    if (!partitions) return std::move(partitions).error();
    return with_partitions(**expr, *partitions, position);
  }

  // Only a leaf holds partitions: after `(a or b)` both get them.
  Result<AssetExprPtr> with_partitions(const AssetExpr& expr, const PartitionExprPtr& partitions,
                                       std::size_t position) {
    AssetExpr result = expr;
    if (expr.partitions != nullptr) {
      return scanner_.error_at(position, fmt::format("refuse partitions of `{}` twice", expr.text));
    }
    if (expr.kind == Kind::set_union) {
      for (AssetExprPtr& part : result.parts) {
        auto narrowed = with_partitions(*part, partitions, position);
        if (!narrowed) return narrowed;
        part = *std::move(narrowed);
      }
    } else if (!expr.parts.empty()) {
      return scanner_.error_at(position, "expected only `or` in the parentheses before `@`",
                               "type the partitions after each asset");
    } else {
      result.partitions = partitions;
    }
    return AssetExprPtr(std::make_shared<const AssetExpr>(std::move(result)));
  }

  Result<AssetExprPtr> parse_primary() {
    if (scanner_.peek() == '(') return parse_parentheses();
    const std::size_t position = scanner_.position();
    AssetExpr expr;
    expr.text = scanner_.take_name("*?");
    if (expr.text.empty()) return expected_asset();
    if (expr.text == "and" || expr.text == "or" || expr.text == "not") {
      return scanner_.error_at(position, fmt::format("expected an asset before `{}`", expr.text));
    }
    if (scanner_.peek() == ':') return parse_attribute(expr.text, position);
    if (expr.text == "*") {
      expr.kind = Kind::all;
    } else {
      expr.kind = expr.text.find_first_of("*?") == std::string::npos ? Kind::name : Kind::glob;
    }
    return made(std::move(expr), position);
  }

  Error expected_asset() const {
    const char next = scanner_.peek();
    if (next == '@')
      return scanner_.error_here("expected an asset before `@`", "for all, type `*@`");
    if (next == '"') {
      return scanner_.error_here("expected an asset", "only partition keys are quoted");
    }
    return scanner_.error_here("expected an asset");
  }

  Result<AssetExprPtr> parse_parentheses() {
    const std::size_t position = scanner_.position();
    scanner_.take("(");
    if (++depth_ > kMaxSelectionDepth)
      return scanner_.error_at(position, "refuse a deeper nesting");
    auto inner = parse_joined(Kind::set_union);
    --depth_;
    if (!inner) return inner;
    if (!scanner_.take(")")) {
      return scanner_.at_end() ? scanner_.error_here("expected `)`") : unexpected();
    }
    return inner;
  }

  Result<AssetExprPtr> parse_attribute(std::string_view name, std::size_t position) {
    AssetExpr expr;
    std::vector<std::string> names;
    bool known = false;
    for (const auto& [attribute, kind] : kAttributes) {
      names.push_back(attribute);
      if (attribute != name) continue;
      known = true;
      expr.kind = kind;
    }
    if (!known) {
      return scanner_.error_at(position,
                               fmt::format("expected one of {} before `:`", join(names, ", ")),
                               did_you_mean(name, names));
    }
    scanner_.take(":");
    auto value = parse_value(expr.kind);
    if (!value) return std::move(value).error();
    if (value->empty())
      return scanner_.error_here(fmt::format("expected a value after `{}:`", name));
    expr.text = *std::move(value);
    return made(std::move(expr), position);
  }

  // Plain and quoted pieces, as in tag:team="data platform". Owners are often addresses.
  Result<std::string> parse_value(Kind kind) {
    const std::string_view more = kind == Kind::owner ? "=:*?@" : "=:*?";
    std::string value;
    while (true) {
      value += scanner_.take_name(more);
      if (scanner_.peek() != '"') return value;
      auto quoted = scanner_.take_quoted();
      if (!quoted) return quoted;
      value += *quoted;
    }
  }

  // A second term without an operator, or a stray character.
  Error unexpected() {
    const std::size_t position = scanner_.position();
    const std::string typed(SelectionScanner(scanner_).take_name("*?:"));
    std::string hint;
    if (!typed.empty()) {
      const std::array<std::string, 2> words = {"and", "or"};
      hint = did_you_mean(typed, words);
      if (hint.empty()) hint = fmt::format("to select both, use `... or {}`", typed);
    }
    return scanner_.error_at(position, "expected `and`, `or` or the end", std::move(hint));
  }

  AssetExprPtr made(AssetExpr expr, std::size_t position) const {
    expr.column = scanner_.column_of(position);
    return std::make_shared<const AssetExpr>(std::move(expr));
  }

  SelectionScanner scanner_;
  int depth_ = 0;
};

}  // namespace

Result<AssetExprPtr> parse_selection(std::string_view text) {
  return AssetParser(text).parse();
}

}  // namespace partita
