#include "partitions/selection_partitions.hpp"

#include <fmt/format.h>

#include "partitions/selection_text.hpp"

namespace partita {
namespace {

using Kind = PartitionExpr::Kind;

constexpr const char* kQuoteIt = "a key that reads as a word of the grammar is typed in quotes";

}  // namespace

PartitionExprPtr PartitionParser::made(PartitionExpr expr, std::size_t position) const {
  expr.column = scanner_.column_of(position);
  return std::make_shared<const PartitionExpr>(std::move(expr));
}

Result<PartitionExprPtr> PartitionParser::parse_any() {
  return parse_joined(Kind::set_union);
}

// `or` joins what `and` has joined.
Result<PartitionExprPtr> PartitionParser::parse_joined(Kind kind) {
  const bool outer = kind == Kind::set_union;
  scanner_.skip_space();
  const std::size_t position = scanner_.position();
  PartitionExpr joined;
  joined.kind = kind;
  while (true) {
    auto part = outer ? parse_joined(Kind::set_intersection) : parse_unary();
    if (!part) return part;
    joined.parts.push_back(*std::move(part));
    scanner_.skip_space();
    if (!scanner_.take_key_word(outer ? "or" : "and")) break;
  }
  if (joined.parts.size() == 1) return joined.parts.front();
  return made(std::move(joined), position);
}

Result<PartitionExprPtr> PartitionParser::parse_unary() {
  scanner_.skip_space();
  const std::size_t position = scanner_.position();
  if (!scanner_.take_key_word("not")) return parse_one();
  if (++depth_ > kMaxSelectionDepth) return scanner_.error_at(position, "refuse a deeper nesting");
  auto part = parse_unary();
  --depth_;
  if (!part) return part;
  PartitionExpr expr;
  expr.kind = Kind::set_not;
  expr.parts.push_back(*std::move(part));
  return made(std::move(expr), position);
}

Result<PartitionExprPtr> PartitionParser::parse_one() {
  scanner_.skip_space();
  const std::size_t position = scanner_.position();
  if (scanner_.peek() == '(') return parse_parentheses();
  if (scanner_.take_key_word("not")) {
    return scanner_.error_at(position, "expected a key", "put it in parentheses: `x@(not ...)`");
  }
  if (!operand_follows()) return parse_plain();
  auto operand = parse_operand();
  if (!operand) return std::move(operand).error();
  if (scanner_.peek() == '=') return parse_dimensions(*std::move(operand));
  return parse_from(*operand);
}

Result<PartitionExprPtr> PartitionParser::parse_parentheses() {
  const std::size_t position = scanner_.position();
  scanner_.take("(");
  if (++depth_ > kMaxSelectionDepth) return scanner_.error_at(position, "refuse a deeper nesting");
  auto inner = parse_any();
  --depth_;
  if (!inner) return inner;
  scanner_.skip_space();
  if (!scanner_.take(")")) return scanner_.error_here("expected `and`, `or` or `)`");
  return inner;
}

Result<PartitionExprPtr> PartitionParser::parse_plain() {
  scanner_.skip_space();
  const std::size_t position = scanner_.position();
  if (scanner_.peek() == '{') return parse_list();
  if (scanner_.peek() == '(') return parse_parentheses();
  if (scanner_.take("..")) {
    Operand open;
    open.position = position;
    return parse_range_to({}, open);
  }
  if (!operand_follows()) {
    return scanner_.error_here(
        "expected a key, a range or one of all, missing, failed, stale, latest");
  }
  const auto operand = parse_operand();
  if (!operand) return operand.error();
  return parse_from(*operand);
}

Result<PartitionExprPtr> PartitionParser::parse_list() {
  const std::size_t position = scanner_.position();
  scanner_.take("{");
  PartitionExpr list;
  list.kind = Kind::set_union;
  scanner_.skip_space();
  if (scanner_.take("}")) return made(std::move(list), position);
  if (++depth_ > kMaxSelectionDepth) return scanner_.error_at(position, "refuse a deeper nesting");
  do {
    auto item = parse_plain();
    if (!item) return item;
    list.parts.push_back(*std::move(item));
    scanner_.skip_space();
  } while (scanner_.take(","));
  --depth_;
  if (!scanner_.take("}")) return scanner_.error_here("expected `,` or `}`");
  return made(std::move(list), position);
}

bool PartitionParser::operand_follows() const {
  SelectionScanner ahead = scanner_;
  return ahead.peek() == '"' || !ahead.take_key().empty();
}

Result<PartitionParser::Operand> PartitionParser::parse_operand() {
  Operand operand;
  operand.position = scanner_.position();
  operand.quoted = scanner_.peek() == '"';
  if (!operand.quoted) {
    operand.text = scanner_.take_key();
    return operand;
  }
  auto text = scanner_.take_quoted();
  if (!text) return std::move(text).error();
  if (text->empty())
    return scanner_.error_at(operand.position, "expected a key between the quotes");
  operand.text = *std::move(text);
  return operand;
}

// What an operand begins: a word, a key, or a range with either at its start.
Result<PartitionExprPtr> PartitionParser::parse_from(const Operand& operand) {
  auto word = operand.quoted ? std::nullopt : partition_word(operand.text);
  if (!scanner_.take("..")) {
    PartitionExpr expr = word.value_or(PartitionExpr{});
    if (!word) {
      expr.kind = Kind::key;
      expr.text = operand.text;
    }
    return made(std::move(expr), operand.position);
  }
  if (!word) {
    PartitionExpr range;
    range.from = operand.text;
    return parse_range_to(std::move(range), operand);
  }
  if (word->kind == Kind::latest && operand_follows()) {
    return scanner_.error_here("expected nothing after `latest..`, which goes to the last");
  }
  if (word->kind != Kind::latest) {
    return scanner_.error_at(operand.position,
                             fmt::format("expected a key before `..`, not `{}`", operand.text),
                             kQuoteIt);
  }
  word->open = true;
  return made(*std::move(word), operand.position);
}

// After `..`: a key right behind it, or nothing where the range has a start.
Result<PartitionExprPtr> PartitionParser::parse_range_to(PartitionExpr range, const Operand& from) {
  range.kind = Kind::range;
  if (!operand_follows()) {
    if (range.from.empty()) return scanner_.error_here("expected a key after `..`");
    return made(std::move(range), from.position);
  }
  auto to = parse_operand();
  if (!to) return std::move(to).error();
  const bool is_word = !to->quoted && partition_word(to->text).has_value();
  if (is_word && (to->text != "latest" || range.from.empty())) {
    return scanner_.error_at(
        to->position, fmt::format("expected a key after `..`, not `{}`", to->text), kQuoteIt);
  }
  if (!is_word) range.to = std::move(to->text);
  return made(std::move(range), from.position);
}

Result<PartitionExprPtr> PartitionParser::parse_dimensions(Operand name) {
  const std::size_t position = name.position;
  PartitionExpr expr;
  expr.kind = Kind::by_dimension;
  while (true) {
    for (const auto& part : expr.dimensions) {
      if (part.dimension != name.text) continue;
      return scanner_.error_at(name.position, fmt::format("refuse `{}` a second time", name.text),
                               fmt::format("list its keys: `{}={{a,b}}`", name.text));
    }
    auto part = parse_dimension(name);
    if (!part) return std::move(part).error();
    expr.dimensions.push_back(*std::move(part));
    scanner_.skip_space();
    if (!scanner_.take(",")) break;
    scanner_.skip_space();
    auto next = parse_operand();
    if (!next) return std::move(next).error();
    name = *std::move(next);
  }
  return made(std::move(expr), position);
}

Result<PartitionExpr::DimensionPart> PartitionParser::parse_dimension(const Operand& name) {
  if (name.text.empty() || !scanner_.take("=")) {
    return scanner_.error_here("expected `dimension=`",
                               "to select several keys of one dimension, use `dimension={a,b}`");
  }
  auto value = parse_plain();
  if (!value) return std::move(value).error();
  return PartitionExpr::DimensionPart{name.text, *std::move(value)};
}

Result<PartitionExprPtr> parse_partitions(std::string_view text) {
  SelectionScanner scanner(text);
  auto expr = PartitionParser(scanner).parse_any();
  if (!expr) return expr;
  scanner.skip_space();
  if (!scanner.at_end()) return scanner.error_here("expected `and`, `or` or the end");
  return expr;
}

}  // namespace partita
