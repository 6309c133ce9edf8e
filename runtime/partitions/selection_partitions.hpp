// Reads the part of a selection that names partitions. Internal to selection_*.cpp.
#pragma once

#include <memory>

#include "partitions/selection.hpp"
#include "partitions/selection_scanner.hpp"

namespace partita {

using PartitionExprPtr = std::shared_ptr<const PartitionExpr>;

// No reasonable selection nests deeper; the bound keeps hostile input off the stack.
inline constexpr int kMaxSelectionDepth = 64;

class PartitionParser {
 public:
  explicit PartitionParser(SelectionScanner& scanner) : scanner_(scanner) {}

  // `a or b and not c`, up to what cannot go on.
  Result<PartitionExprPtr> parse_any();

  // What may follow `@`: one primary, or anything in parentheses.
  Result<PartitionExprPtr> parse_one();

 private:
  struct Operand {
    std::string text;
    bool quoted = false;
    std::size_t position = 0;
  };

  Result<PartitionExprPtr> parse_joined(PartitionExpr::Kind kind);
  Result<PartitionExprPtr> parse_unary();
  Result<PartitionExprPtr> parse_parentheses();
  Result<PartitionExprPtr> parse_list();
  Result<PartitionExprPtr> parse_range_to(PartitionExpr range, const Operand& from);
  Result<PartitionExprPtr> parse_dimensions(Operand name);
  Result<PartitionExpr::DimensionPart> parse_dimension(const Operand& name);
  Result<PartitionExprPtr> parse_plain();  // all but dimensions
  Result<PartitionExprPtr> parse_from(const Operand& operand);
  Result<Operand> parse_operand();
  bool operand_follows() const;
  PartitionExprPtr made(PartitionExpr expr, std::size_t position) const;

  SelectionScanner& scanner_;
  int depth_ = 0;
};

}  // namespace partita
