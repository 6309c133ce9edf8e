// Partition: one of the partitions that a call of an asset's function is to make.
//
//   defs.asset("prices").daily("2024-01-01").batch(100) = [](partita::Run& run) {
//     for (const auto& day : run.partitions()) run.commit(day, {{"rows", load(day.window())}});
//   };
//
// Borrowed from the run and valid while it runs.
#pragma once

#include <partita/abi.h>
#include <partita/detail/received.hpp>
#include <partita/detail/text.hpp>
#include <partita/dimension_key.hpp>
#include <partita/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(hidden)
namespace partita {

class Partition {
 public:
  Partition(std::size_t position, const partita_batch_partition& table)
      : position_(position), table_(table) {}

  // The whole key.
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
  std::size_t position() const { return position_; }

 private:
  std::string owner() const { return "partition " + detail::in_quotes(key()); }

  std::size_t position_;
  partita_batch_partition table_;
};

// A fact kept with a partition.
struct Fact {
  std::string_view name;
  Value value;
};
using Facts = std::vector<Fact>;

}  // namespace partita
#pragma GCC visibility pop
