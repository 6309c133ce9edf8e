// A PartitionSpace: the partitions of a definition that exist at a given "now", in order.
//
// It answers size, key_at, index_of and window_at by arithmetic or a logarithmic search, never by
// enumeration. Immutable once made; any thread. An index means something only within one space:
// what is kept on disk is the identity, which is made of windows and key texts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "partitions/definition.hpp"

namespace partita {

using Index = std::int64_t;

struct Window {
  Instant start = 0;
  Instant end = 0;  // exclusive
  bool operator==(const Window&) const = default;
};

// One dimension's keys, indexed from 0.
class DimensionSpace {
 public:
  virtual ~DimensionSpace() = default;
  virtual Index size() const = 0;
  virtual std::string key_at(Index index) const = 0;  // 0 <= index < size()
  virtual std::optional<Index> index_of(std::string_view key) const = 0;

  // Why index_of(key) has no answer, and what was near.
  virtual Error absence_of(std::string_view key) const;

  // Time dimensions only; the others answer nothing.
  virtual bool has_windows() const { return false; }
  virtual std::optional<Window> window_at(Index) const { return std::nullopt; }

  // All keys where they are a list, null where they follow from a rule.
  virtual const std::vector<std::string>* listed_keys() const { return nullptr; }

  // What is kept on disk for the key at `index`: the window as `@start/end`, or the key's text.
  virtual std::string identity_at(Index index) const;
  virtual std::optional<Index> index_of_identity(std::string_view identity) const;
};

using DynamicKeys = std::shared_ptr<const std::vector<std::string>>;

// What a space is made from besides its definition.
struct SpaceContext {
  Instant now = 0;
  // The keys of a dynamic set in insertion order; empty for a set nobody has added to.
  std::function<Result<DynamicKeys>(std::string_view set)> dynamic_keys;
};

class PartitionSpace {
 public:
  // The unpartitioned space: no dimensions, one partition whose key is "".
  PartitionSpace() = default;
  PartitionSpace(PartitionsDefinition definition,
                 std::vector<std::shared_ptr<const DimensionSpace>> dimensions);

  const PartitionsDefinition& definition() const { return definition_; }
  std::size_t rank() const { return dimensions_.size(); }
  const DimensionSpace& dimension(std::size_t i) const { return *dimensions_[i]; }
  std::optional<std::size_t> dimension_named(std::string_view name) const;

  // The sizes of the dimensions; a PartitionSet of this space has this shape.
  const std::vector<Index>& shape() const { return shape_; }
  Index size() const { return size_; }  // the product of the shape

  std::string key_at(Index index) const;
  std::string key_at(std::span<const Index> coordinates) const;

  // The first dimension is the slowest: index = (c0 * n1 + c1) * n2 + c2.
  std::vector<Index> coordinates(Index index) const;
  Index index_at(std::span<const Index> coordinates) const;

  // Takes `us|2024-01-01` and, by name, `date=2024-01-01,region=us`.
  std::optional<Index> index_of(std::string_view key) const;

  // As index_of, with an error that says which part is wrong and what was near.
  Result<Index> find(std::string_view key) const;

  // The window of the only time dimension, or of the one that is named.
  std::optional<Window> window_at(Index index, std::string_view dimension = {}) const;

  std::string identity_at(Index index) const;
  std::optional<Index> index_of_identity(std::string_view identity) const;

 private:
  PartitionsDefinition definition_;
  std::vector<std::shared_ptr<const DimensionSpace>> dimensions_;
  std::vector<Index> shape_;
  Index size_ = 1;
};

using SpacePtr = std::shared_ptr<const PartitionSpace>;

// `definition` is validated().
Result<SpacePtr> make_space(const PartitionsDefinition& definition, const SpaceContext& context);

}  // namespace partita
