#include "partitions/selection_text.hpp"

#include "partitions/selection_scanner.hpp"

namespace partita {
namespace {

using Kind = PartitionExpr::Kind;

std::optional<Kind> status_word(std::string_view text) {
  if (text == "all") return Kind::all;
  if (text == "missing") return Kind::missing;
  if (text == "failed") return Kind::failed;
  if (text == "stale") return Kind::stale;
  if (text == "materialized") return Kind::materialized;
  return std::nullopt;
}

bool is_operator(std::string_view text) {
  return text == "and" || text == "or" || text == "not";
}

bool can_stand_unquoted(std::string_view key) {
  SelectionScanner scanner(key);
  if (key.empty() || scanner.take_key() != key) return false;
  return !key.ends_with('.') && !is_operator(key) && !partition_word(key);
}

}  // namespace

std::optional<PartitionExpr> partition_word(std::string_view text) {
  PartitionExpr expr;
  if (const auto kind = status_word(text)) {
    expr.kind = *kind;
    return expr;
  }
  constexpr std::string_view kLatest = "latest";
  if (!text.starts_with(kLatest)) return std::nullopt;
  expr.kind = Kind::latest;
  text.remove_prefix(kLatest.size());
  if (text.empty()) return expr;
  if (!text.starts_with('-')) return std::nullopt;
  const auto offset = parse_steps(text.substr(1));
  if (!offset) return std::nullopt;
  expr.offset = *offset;
  return expr;
}

std::string quoted_key(std::string_view key) {
  if (can_stand_unquoted(key)) return std::string(key);
  std::string text = "\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace partita
