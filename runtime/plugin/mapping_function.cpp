#include "plugin/mapping_function.hpp"

#include <fmt/format.h>

#include <new>

#include "plugin/copy_in.hpp"

namespace partita {
namespace {

partita_str borrowed(const std::string& text) {
  return {text.data(), text.size()};
}

partita_dimension_key dimension_table(const std::string& dimension, const KeyBatch::Part& part) {
  partita_dimension_key table{};
  table.size = sizeof table;
  table.dimension = borrowed(dimension);
  table.key = borrowed(part.key);
  if (part.window) {
    table.flags = PARTITA_KEY_HAS_WINDOW;
    table.start = part.window->start;
    table.end = part.window->end;
  }
  return table;
}

// A batch as the tables that a function is given. They point into the batch.
class BatchTables {
 public:
  explicit BatchTables(const KeyBatch& batch) {
    const std::size_t rank = batch.dimensions.size();
    dimensions_.reserve(batch.parts.size());
    for (std::size_t i = 0; i < batch.parts.size(); ++i) {
      dimensions_.push_back(dimension_table(batch.dimensions[i % rank], batch.parts[i]));
      dimension_pointers_.push_back(&dimensions_.back());
    }
    whole_keys_.reserve(batch.count);
    keys_.reserve(batch.count);
    for (std::size_t i = 0; i < batch.count; ++i) {
      whole_keys_.push_back(batch.key(i));
      keys_.push_back({sizeof(partita_mapping_key), 0, borrowed(whole_keys_.back()),
                       dimension_pointers_.data() + i * rank, rank});
      key_pointers_.push_back(&keys_.back());
    }
  }

  const partita_mapping_key* const* keys() const { return key_pointers_.data(); }

 private:
  std::vector<partita_dimension_key> dimensions_;
  std::vector<const partita_dimension_key*> dimension_pointers_;
  std::vector<std::string> whole_keys_;
  std::vector<partita_mapping_key> keys_;
  std::vector<const partita_mapping_key*> key_pointers_;
};

// Takes a function's answers.
class Answers {
 public:
  explicit Answers(std::size_t count) : related_(count) {
    table_.size = sizeof table_;
    table_.ctx = this;
    table_.add = &Answers::add;
    table_.fail = &Answers::fail;
  }
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  const partita_key_sink& sink() const { return table_; }
  const std::string& failure() const { return failure_; }
  // Empty where nothing was refused.
  const std::string& refusal() const { return refusal_; }
  RelatedKeys take() { return std::move(related_); }

 private:
  static partita_status add(void* ctx, std::size_t position, const partita_str* keys,
                            std::size_t count) noexcept {
    auto& self = *static_cast<Answers*>(ctx);
    try {
      const Status added = self.add(position, keys, count);
      if (added) return PARTITA_OK;
      self.refusal_ = added.error().message;
      return PARTITA_INVALID;
    } catch (const std::bad_alloc&) {
      self.refusal_ = "its answers take more memory than there is";
      return PARTITA_NO_MEMORY;
    }
  }

  Status add(std::size_t position, const partita_str* keys, std::size_t count) {
    if (position >= related_.size()) {
      return usage_error(
          fmt::format("it answers for position {} of a batch of {}", position, related_.size()));
    }
    auto copies = copy_texts(keys, count, "a key it answers");
    if (!copies) return std::move(copies).error();
    std::vector<std::string>& all = related_[position];
    all.insert(all.end(), std::make_move_iterator(copies->begin()),
               std::make_move_iterator(copies->end()));
    return {};
  }

  static void fail(void* ctx, partita_str text) noexcept {
    auto& failure = static_cast<Answers*>(ctx)->failure_;
    try {
      auto copy = copy_text(text, "the reason");
      failure = copy ? *copy : copy.error().message;
    } catch (const std::bad_alloc&) {
      failure.clear();
    }
  }

  partita_key_sink table_{};
  RelatedKeys related_;
  std::string failure_;
  std::string refusal_;
};

}  // namespace

Result<RelatedKeys> call_mapping_function(const MappingFunction& function, MappingSide side,
                                          const KeyBatch& of) {
  const auto call = side == MappingSide::upstream ? function.upstream_of : function.downstream_of;
  if (call == nullptr) return Error{ErrorCode::internal, "it has no inverse", {}};
  const BatchTables tables(of);
  Answers answers(of.count);
  const partita_status status = call(function.user, tables.keys(), of.count, &answers.sink());
  if (!answers.refusal().empty()) {
    return Error{ErrorCode::definitions, answers.refusal(), {}};
  }
  if (status == PARTITA_OK) return answers.take();
  return Error{
      ErrorCode::definitions,
      answers.failure().empty() ? fmt::format("returned status {}", status) : answers.failure(),
      {}};
}

}  // namespace partita
