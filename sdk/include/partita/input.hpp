// Input: the upstream partitions that the running partition maps to, in key order.
//
//   for (const auto& day : run.input("orders")) {
//     total += day.metadata<int>("rows").value_or(0);
//   }
//
// Everything is borrowed from the run and valid while it runs. Items are made as they are asked
// for, so that thousands of upstream partitions cost nothing up front.
#pragma once

#include <partita/abi.h>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/dimension_key.hpp>
#include <partita/value.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

class InputPartition {
 public:
  InputPartition(std::string_view asset, const partita_input_partition* partition)
      : asset_(asset), table_(detail::received(partition, "partita_input_partition")) {}

  // The whole key; empty where the upstream asset is not partitioned.
  std::string_view key() const { return detail::view(table_.key); }
  std::string_view key(std::string_view dimension) const {
    return detail::find_dimension(dimensions(), dimension, owner()).key;
  }
  std::vector<DimensionKey> dimensions() const {
    return detail::dimension_keys(table_.dimensions, table_.dimension_count);
  }
  Window window() const { return detail::only_window(dimensions(), owner()); }
  Window window(std::string_view dimension) const {
    return detail::named_window(dimensions(), dimension, owner());
  }

  // Whether there is anything: a partition that was skipped, or that a mapping allows to be
  // missing, has neither metadata nor output.
  bool materialized() const { return (table_.flags & PARTITA_INPUT_MATERIALIZED) != 0; }
  std::string_view data_version() const { return detail::view(table_.data_version); }
  // Empty where it made no output directory.
  std::string output_dir() const { return std::string(detail::view(table_.output_dir)); }

  // Nothing where it has none of this name; fails where it is of another type.
  template <class T>
  std::optional<T> metadata(std::string_view name) const {
    for (std::size_t i = 0; i < table_.metadata_count; ++i) {
      const auto item = detail::received(table_.metadata[i], "partita_named_value");
      if (detail::view(item.name) != name) continue;
      const auto value = Value::from_abi(detail::received(item.value, "partita_value"));
      return detail::value_or_fail<T>(value,
                                      "metadata " + detail::in_quotes(name) + " of " + owner());
    }
    return std::nullopt;
  }

 private:
  std::string owner() const {
    std::string text = "input " + detail::in_quotes(asset_);
    return key().empty() ? text : text + " at " + detail::in_quotes(key());
  }

  std::string_view asset_;
  partita_input_partition table_;
};

class Input {
 public:
  explicit Input(const partita_input* input) : table_(detail::received(input, "partita_input")) {}

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = InputPartition;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = InputPartition;

    Iterator(const Input* input, std::size_t index) : input_(input), index_(index) {}
    InputPartition operator*() const { return (*input_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Input* input_;
    std::size_t index_;
  };

  std::string_view asset() const { return detail::view(table_.asset); }
  std::size_t size() const { return table_.partition_count; }
  bool empty() const { return size() == 0; }
  InputPartition operator[](std::size_t index) const { return {asset(), table_.partitions[index]}; }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

  // The one upstream partition; fails where there are none or several.
  InputPartition single() const {
    if (size() == 1) return (*this)[0];
    throw Failed("input " + detail::in_quotes(asset()) + " has " + detail::decimal(size()) +
                 " partitions, want one");
  }

 private:
  partita_input table_;
};

}  // namespace partita
#pragma GCC visibility pop
