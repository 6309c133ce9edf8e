// PartitionKey: the partition that a mapping function is asked about.
//
//   [](const partita::PartitionKey& report, partita::Keys& orders) {
//     orders.add(partita::product_key({{"region", std::string(report.key("region"))}, ...}));
//   }
//
// Borrowed from the call.
#pragma once

#include <partita/abi.h>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/dimension_key.hpp>

#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

class PartitionKey {
 public:
  explicit PartitionKey(const partita_mapping_key* key)
      : table_(detail::received(key, "partita_mapping_key")) {}

  // The whole key; empty where the asset is not partitioned.
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

 private:
  std::string owner() const { return "partition " + detail::in_quotes(key()); }

  partita_mapping_key table_;
};

}  // namespace partita
#pragma GCC visibility pop
