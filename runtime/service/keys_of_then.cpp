#include "service/keys_of_then.hpp"

#include <fmt/format.h>

#include "partitions/key_slots.hpp"

namespace partita {
namespace {

using ExprPtr = std::shared_ptr<const PartitionExpr>;

// One dimension alone.
PartitionsDefinition only(const PartitionsDefinition& definition, const std::string& name) {
  PartitionsDefinition one;
  for (const Dimension& dimension : definition.dimensions) {
    if (dimension.name == name) one.dimensions.push_back(dimension);
  }
  return one;
}

class Renaming {
 public:
  explicit Renaming(const KeyRename& rename) : rename_(rename) {}

  ExprPtr apply(const PartitionExpr& expr, const PartitionsDefinition& definition) {
    auto now = std::make_shared<PartitionExpr>(expr);
    const KeySlots slots = KeySlots::of(definition, rename_.set);
    for (std::string* text : {&now->text, &now->from, &now->to}) {
      if (slots.have(*text, rename_.to)) taken_ = true;
      *text = slots.replaced(*text, rename_.from, rename_.to);
    }
    for (PartitionExpr::DimensionPart& part : now->dimensions)
      part.expr = apply(*part.expr, only(definition, part.dimension));
    for (ExprPtr& part : now->parts) part = apply(*part, definition);
    return now;
  }

  bool taken() const { return taken_; }

 private:
  const KeyRename& rename_;
  bool taken_ = false;
};

}  // namespace

Result<ExprPtr> with_keys_of_now(ExprPtr expr, const PartitionsDefinition& definition,
                                 std::span<const KeyRename> renames) {
  for (const KeyRename& rename : renames) {
    Renaming renaming(rename);
    expr = renaming.apply(*expr, definition);
    if (!renaming.taken()) continue;
    return Error{
        ErrorCode::not_found,
        fmt::format("key `{0}` of dynamic set `{1}` is another now: `{2}` was renamed to it",
                    rename.to, rename.set, rename.from),
        "name what to materialize"};
  }
  return expr;
}

}  // namespace partita
